using System.Diagnostics;
using System.Text.Json;
using Numina.Cuda.Backends;
using Numina.Cuda.Backends.Cpu;
using Numina.Cuda.Engine;
using Numina.Cuda.Evaluation;
using Numina.Cuda.Model;
using Numina.Cuda.Solving.Python;
using Numina.Cuda.Tests.Support;
using Numina.Cuda.Text;
using Numina.Cuda.Weights;

namespace Numina.Cuda.Tests.Evaluation;

/// <summary>A real checkpoint against transformers in fp32: hidden states, logits, and the greedy texts of two prompts.</summary>
public sealed class SmolLm2Tests
{
    private string _folder = "";
    private Checkpoint _checkpoint = null!;
    private IBackend _backend = null!;
    private Llama _llama = null!;

    [OneTimeSetUp]
    public void Convert()
    {
        string source = Reference.Path("smollm2/SmolLM2-135M-Instruct.Q4_1.gguf");
        _folder = Directory.CreateTempSubdirectory("numina-smollm2-").FullName;
        using Process converter = Process.Start(PythonInterpreter.Find(), [Reference.Path("smollm2/convert.py"), source, _folder]);
        converter.WaitForExit();
        Assert.That(converter.ExitCode, Is.Zero);
        _checkpoint = Checkpoint.Open(_folder);
        _backend = new CpuBackend(new CpuOptions());
        _llama = new Llama(_backend, _checkpoint.Config, _checkpoint.Weights, new LlamaLimits { ContextLength = 512, LogitRows = 64, Sequences = 4 });
    }

    [OneTimeTearDown]
    public void Delete()
    {
        _llama?.Dispose();
        _backend?.Dispose();
        _checkpoint?.Dispose();
        if (_folder.Length > 0)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Test]
    public void States_and_logits_are_those_of_transformers()
    {
        using SafetensorsFile reference = SafetensorsFile.Open(Reference.Path("smollm2/expected.safetensors"));
        VerifiedItem[] items = [.. new Verifier(_llama, new Tolerances()).Verify(reference)];
        Assert.That(items.Select(item => item.Name), Is.SupersetOf(new[] { "embed", "layer.0", "layer.29", "norm", "logits" }));
        Assert.That(items.Single(item => item.Name == "logits").MaxAbsolute, Is.LessThan(2e-3));
        Assert.That(items.Select(item => item.Nmse), Is.All.LessThan(1e-6));
    }

    [Test]
    public async Task Greedy_texts_are_those_of_transformers()
    {
        Tokenizer tokenizer = Tokenizer.Load(_folder);
        await using var engine = new Numina.Cuda.Engine.Engine(_llama, tokenizer, new EngineOptions());
        foreach (JsonElement prompt in JsonDocument.Parse(File.ReadAllText(Reference.Path("smollm2/expected.json"))).RootElement.GetProperty("prompts").EnumerateArray())
        {
            int[] ids = [.. prompt.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
            int[] expected = [.. prompt.GetProperty("greedy_ids").EnumerateArray().Select(id => id.GetInt32())];
            float closest = prompt.GetProperty("greedy_margin").EnumerateArray().Min(margin => margin.GetSingle());
            Assert.That(closest, Is.GreaterThan(0.01f), "no step of the reference is close, so all must agree");
            Assert.That(tokenizer.Encode(prompt.GetProperty("text").GetString()!), Is.EqualTo(ids));

            using Session session = engine.Open(ids, new NoiseKey(0, 0, 0, 0));
            Generation generation = await session.GenerateAsync(new GenerationOptions { Temperature = 0, MaxNewTokens = expected.Length, IgnoreEos = true });
            Assert.That(generation.Tokens, Is.EqualTo(expected), prompt.GetProperty("name").GetString());
        }
    }
}
