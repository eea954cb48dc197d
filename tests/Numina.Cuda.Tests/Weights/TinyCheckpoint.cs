using System.Buffers.Binary;
using System.Text.Json.Nodes;
using Numina.Cuda.Weights;

namespace Numina.Cuda.Tests.Weights;

/// <summary>A one-layer model of 32 features and 8 tokens in a folder of its own, valid as it is, to be changed by a test before it is opened.</summary>
internal sealed class TinyCheckpoint : IDisposable
{
    public const int Features = 32;
    public const int Tokens = 8;
    private readonly TemporaryFolder _folder = new();

    public TinyCheckpoint()
    {
        AddHalves("model.embed_tokens.weight", Tokens, Features);
        AddHalves("lm_head.weight", Tokens, Features);
        AddHalves("model.norm.weight", Features);
        AddHalves("model.layers.0.input_layernorm.weight", Features);
        AddHalves("model.layers.0.post_attention_layernorm.weight", Features);
        foreach (string linear in (string[])["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"])
        {
            AddHalves($"model.layers.0.{linear}.weight", Features, Features);
        }
    }

    public JsonObject Config { get; } = JsonNode.Parse("""
        {"architectures":["LlamaForCausalLM"],"model_type":"llama","hidden_size":32,"intermediate_size":32,"num_hidden_layers":1,"num_attention_heads":2,
         "vocab_size":8,"max_position_embeddings":64,"rms_norm_eps":1e-6,"hidden_act":"silu","bos_token_id":0,"eos_token_id":1}
        """)!.AsObject();

    public Dictionary<string, (string Type, long[] Shape, byte[] Data)> Tensors { get; } = [];

    public string Folder => _folder.Path;

    /// <summary>Distinct fp16 values, which depend on the name.</summary>
    public void AddHalves(string name, params long[] shape)
    {
        var data = new byte[2 * shape.Aggregate(1L, (product, extent) => product * extent)];
        int start = name.Sum(c => c);
        for (int i = 0; i < data.Length / 2; i++)
        {
            BinaryPrimitives.WriteHalfLittleEndian(data.AsSpan(2 * i), (Half)((start + i) % 1000 / 500f - 1));
        }

        Tensors[name] = ("F16", shape, data);
    }

    public void AddFloats(string name, params float[] values) =>
        Tensors[name] = ("F32", [values.Length], System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values).ToArray());

    public void AddWords(string name, uint[] words, params long[] shape) =>
        Tensors[name] = ("I32", shape, System.Runtime.InteropServices.MemoryMarshal.AsBytes<uint>(words).ToArray());

    public string Write(string file, string content) => _folder.Write(file, content);

    public string WriteTensors(string file, params IEnumerable<string> names)
    {
        var builder = new SafetensorsBuilder();
        foreach (string name in names)
        {
            (string type, long[] shape, byte[] data) = Tensors[name];
            builder.Add(name, type, shape, data);
        }

        return _folder.Write(file, builder.Build());
    }

    /// <summary>Writes config.json and, unless the test has written weights itself, all tensors into <paramref name="weights"/>; then opens the folder.</summary>
    public Checkpoint Open(string? weights = "model.safetensors")
    {
        Write("config.json", Config.ToJsonString());
        if (weights is not null)
        {
            WriteTensors(weights, Tensors.Keys);
        }

        return Checkpoint.Open(Folder);
    }

    /// <summary>The message that the folder is refused with.</summary>
    public string Refusal(string? weights = "model.safetensors")
    {
        CheckpointException error = Assert.Throws<CheckpointException>(() => Open(weights).Dispose())!;
        Assert.That(error.Message, Does.StartWith(Folder).And.Not.Contain("\n"));
        return error.Message;
    }

    public void Dispose() => _folder.Dispose();
}
