using System.Text;
using Numina.Cuda.Weights;

namespace Numina.Cuda.Tests.Weights;

/// <summary>The quantisation's parameters in the places and spellings that the tools use.</summary>
[TestFixture]
internal sealed class QuantizationConfigTests
{
    private const string Gptq = "\"quant_method\":\"gptq\",\"bits\":8,\"group_size\":128";
    private const string Awq = "\"quant_method\":\"awq\",\"bits\":4,\"group_size\":128,\"version\":\"gemm\"";

    [TestCase("\"bits\":8,\"group_size\":128", QuantizationMethod.Gptq, 8, 128, 1)]
    [TestCase(Gptq + ",\"checkpoint_format\":\"gptq\"", QuantizationMethod.Gptq, 8, 128, 1)]
    [TestCase(Gptq + ",\"checkpoint_format\":\"gptq_v2\",\"format\":\"gptq_v2\"", QuantizationMethod.Gptq, 8, 128, 0)]
    [TestCase(Gptq + ",\"format\":\"gptq_v2\"", QuantizationMethod.Gptq, 8, 128, 0)]
    [TestCase("\"method\":\"gptq\",\"bits\":4,\"group_size\":-1,\"is_marlin_format\":false,\"dynamic\":{},\"pack_dtype\":\"int32\",\"lm_head\":false,\"model_file_base_name\":null", QuantizationMethod.Gptq, 4, -1, 1)]
    [TestCase(Awq + ",\"zero_point\":true,\"modules_to_not_convert\":null", QuantizationMethod.Awq, 4, 128, 0)]
    [TestCase("\"w_bit\":4,\"q_group_size\":64,\"zero_point\":true,\"version\":\"GEMM\"", QuantizationMethod.Awq, 4, 64, 0)]
    public void Spellings(string keys, QuantizationMethod method, int bits, int groupSize, int zeroOffset)
    {
        QuantizationConfig config = QuantizationConfigReader.Read(Parse("quantize_config.json", keys));
        Assert.That((config.Method, config.Bits, config.GroupSize, config.ZeroOffset), Is.EqualTo((method, bits, groupSize, zeroOffset)));
    }

    [TestCase("\"quant_method\":\"gptq\",\"group_size\":128", "bits", "no such key")]
    [TestCase("\"quant_method\":\"gptq\",\"bits\":8", "group_size", "no such key")]
    [TestCase("\"bits\":2,\"group_size\":128", "bits", "4 or 8")]
    [TestCase("\"bits\":\"8\",\"group_size\":128", "bits", "integer")]
    [TestCase("\"bits\":8,\"group_size\":0", "group_size", "positive")]
    [TestCase("\"bits\":8,\"group_size\":-2", "group_size", "-2")]
    [TestCase("\"quant_method\":\"bitsandbytes\",\"bits\":8,\"group_size\":128", "quant_method", "bitsandbytes")]
    [TestCase(Gptq + ",\"method\":\"awq\"", "method", "gptq")]
    [TestCase(Gptq + ",\"checkpoint_format\":\"marlin\"", "checkpoint_format", "marlin")]
    [TestCase(Gptq + ",\"checkpoint_format\":\"gptq\",\"format\":\"gptq_v2\"", "format", "the same")]
    [TestCase(Gptq + ",\"is_marlin_format\":true", "is_marlin_format", "false")]
    [TestCase(Gptq + ",\"pack_dtype\":\"int8\"", "pack_dtype", "int32")]
    [TestCase(Gptq + ",\"dynamic\":{\"+:.*down.*\":{\"bits\":4}}", "dynamic", "down")]
    [TestCase(Gptq + ",\"lm_head\":\"true\"", "lm_head", "true or false")]
    [TestCase(Gptq + ",\"model_file_base_name\":\"../other/model\"", "model_file_base_name", "file name")]
    [TestCase("\"quant_method\":\"awq\",\"bits\":8,\"group_size\":128", "bits", "expected 4")]
    [TestCase("\"quant_method\":\"awq\",\"bits\":4,\"group_size\":128,\"version\":\"gemv\"", "version", "gemv")]
    [TestCase("\"quant_method\":\"awq\",\"bits\":4,\"w_bit\":8,\"group_size\":128", "w_bit", "same as bits")]
    public void Unsupported_ones_are_refused_by_key(string keys, string key, string found) =>
        Assert.That(() => QuantizationConfigReader.Read(Parse("q.json", keys)), Throws.TypeOf<CheckpointException>().With.Message.StartsWith($"q.json: {key}: expected").And.Message.Contains(found));

    [TestCase("quantize_config.json")]
    [TestCase("quant_config.json")]
    public void Either_file_is_read_alone(string name)
    {
        using TemporaryFolder folder = new();
        folder.Write(name, $"{{{Gptq}}}");
        Assert.That(QuantizationConfigReader.Load(folder.Path, Parse("config.json", ""))!.Bits, Is.EqualTo(8));
    }

    [TestCase("\"bits\":8,\"group_size\":128")]
    [TestCase(Gptq + ",\"desc_act\":true,\"static_groups\":false,\"modules_to_not_convert\":[\"lm_head\"],\"model_file_base_name\":\"weights\",\"damp_percent\":0.1")]
    public void Places_may_differ_in_what_one_of_them_leaves_out(string keys)
    {
        using TemporaryFolder folder = new();
        folder.Write("quantize_config.json", $"{{{keys}}}");
        Assert.That(() => QuantizationConfigReader.Load(folder.Path, Parse("config.json", $"\"quantization_config\":{{{Gptq},\"sym\":true}}")), Throws.Nothing);
    }

    [TestCase("\"bits\":4,\"group_size\":128", "bits")]
    [TestCase("\"bits\":8,\"group_size\":64", "group_size")]
    [TestCase(Gptq + ",\"checkpoint_format\":\"gptq_v2\"", "checkpoint_format")]
    [TestCase(Gptq + ",\"sym\":false", "sym")]
    [TestCase(Gptq + ",\"desc_act\":true", "desc_act")]
    [TestCase(Gptq + ",\"lm_head\":true", "lm_head")]
    [TestCase(Gptq + ",\"modules_to_not_convert\":[\"q_proj\"]", "modules_to_not_convert")]
    [TestCase("\"quant_method\":\"awq\",\"bits\":4,\"group_size\":128", "quant_method")]
    public void Places_that_disagree_are_refused(string keys, string key)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("quantize_config.json", $"{{{keys}}}");
        ConfigObject config = Parse("config.json", $"\"quantization_config\":{{{Gptq},\"sym\":true,\"desc_act\":false,\"modules_to_not_convert\":[]}}");
        Assert.That(() => QuantizationConfigReader.Load(folder.Path, config), Throws.TypeOf<CheckpointException>().With.Message.StartsWith($"{path}: {key}: expected what config.json says"));
    }

    private static ConfigObject Parse(string file, string keys) => ConfigObject.Parse(file, Encoding.UTF8.GetBytes($"{{{keys}}}"));
}
