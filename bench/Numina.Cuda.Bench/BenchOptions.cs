using Numina.Cuda.Backends.Cpu;
using Numina.Cuda.Backends.Cuda;
using Numina.Cuda.Bench.Models;

namespace Numina.Cuda.Bench;

/// <summary>What the command line asks for.</summary>
internal sealed record BenchOptions
{
    public const string Usage = """
        usage: numina-bench [WHAT]... [--device auto|cpu|cuda] [--json FILE] [--runs N] [--threads N] [--isa avx512|avx2|vector128] [--kernels FOLDER]
                            [--kinds KIND,...] [--shape MODEL] [--rows N,...] [--only TEXT]
        WHAT: copy (memory bandwidth), ops (single operations), 135m, 1b, numina-7b; default: these
              tiny (a model for trying the bench out), tokenizer (reads ../shared/goldens/tokenizer), python (the pool beside fresh interpreters)
        KIND: decode1, decode8, decode48, decode48shared, prefill512, prefill2048
        --shape, --rows, --only: of ops: whose extents, how many rows a matmul has, which operations
        """;

    public required IReadOnlyList<string> What { get; init; }

    /// <summary>auto, cpu or cuda.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Where figures go for programs to read, or null.</summary>
    public string? Json { get; init; }

    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Measured runs of each thing; 0: as many as the device's steadiness needs.</summary>
    public int Runs { get; init; }

    public CpuInstructionSet? InstructionSet { get; init; }

    /// <summary>A folder of kernels instead of the embedded ones, or null.</summary>
    public string? Kernels { get; init; }

    /// <summary>Where compiled kernels are kept.</summary>
    public string KernelCache { get; init; } = CudaOptions.DefaultCacheDirectory;

    /// <summary>Kinds of steps of a model; empty: those that the device is for.</summary>
    public IReadOnlyList<string> Kinds { get; init; } = [];

    /// <summary>The model whose extents single operations have; null: one that suits the device.</summary>
    public string? Shape { get; init; }

    /// <summary>Rows of a matmul; empty: those that suit the shape.</summary>
    public IReadOnlyList<int> Rows { get; init; } = [];

    /// <summary>Only operations whose name contains this.</summary>
    public string Only { get; init; } = "";

    public CpuOptions Cpu => new() { Threads = Threads, InstructionSet = InstructionSet };

    public CudaOptions Gpu => new() { KernelDirectory = Kernels, CacheDirectory = KernelCache };

    public static BenchOptions Parse(string[] arguments)
    {
        var what = new List<string>();
        var options = new BenchOptions { What = what };
        for (int i = 0; i < arguments.Length; i++)
        {
            string argument = arguments[i];
            if (argument.StartsWith("--", StringComparison.Ordinal))
            {
                i++;
                options = options.With(argument, i < arguments.Length ? arguments[i] : throw new ArgumentException($"{argument} needs a value\n{Usage}"));
            }
            else
            {
                what.Add(argument is "copy" or "ops" or "tokenizer" or "python" || ModelShape.IsKnown(argument) ? argument : throw new ArgumentException($"unknown: {argument}\n{Usage}"));
            }
        }

        if (what.Count == 0)
        {
            what.AddRange(["copy", "ops", .. ModelShape.Names]);
        }

        return options;
    }

    private BenchOptions With(string name, string value) => name switch
    {
        "--device" => this with { Device = value is "auto" or "cpu" or "cuda" ? value : throw Wrong(name, value, "auto, cpu or cuda") },
        "--json" => this with { Json = value },
        "--threads" => this with { Threads = Number(name, value) },
        "--runs" => this with { Runs = Number(name, value) },
        "--kernels" => this with { Kernels = value },
        "--kinds" => this with { Kinds = [.. value.Split(',').Select(kind => ModelKind.Named(kind).Name)] },
        "--shape" => this with { Shape = ModelShape.Named(value).Name },
        "--rows" => this with { Rows = [.. value.Split(',').Select(rows => Number(name, rows))] },
        "--only" => this with { Only = value },
        "--isa" => this with { InstructionSet = Enum.TryParse(value, ignoreCase: true, out CpuInstructionSet set) ? set : throw Wrong(name, value, "avx512, avx2 or vector128") },
        _ => throw new ArgumentException($"unknown: {name}\n{Usage}"),
    };

    private static int Number(string name, string value) => int.TryParse(value, out int number) && number > 0 ? number : throw Wrong(name, value, "a positive number");

    private static ArgumentException Wrong(string name, string value, string expected) => new($"{name}: expected {expected}, found {value}");
}
