using Numina.Cuda.Backends.Cpu;

namespace Numina.Cuda.Bench;

/// <summary>What the command line asks for.</summary>
internal sealed record BenchOptions
{
    public const string Usage = """
        usage: numina-bench [WHAT]... [--threads N] [--runs N] [--isa avx512|avx2|vector128] [--kinds decode1,decode8,decode48,prefill512]
        WHAT: copy (memory bandwidth), ops (single operations), 135m, 1b, numina-7b; default: these
              tokenizer (reads ../shared/goldens/tokenizer), python (the pool beside fresh interpreters)
        """;

    public required IReadOnlyList<string> What { get; init; }

    public int Threads { get; init; } = Environment.ProcessorCount;

    public int Runs { get; init; } = 3;

    public CpuInstructionSet? InstructionSet { get; init; }

    public IReadOnlyList<string> Kinds { get; init; } = ["decode1", "decode8", "decode48", "prefill512"];

    public CpuOptions Backend => new() { Threads = Threads, InstructionSet = InstructionSet };

    public static BenchOptions Parse(string[] arguments)
    {
        var what = new List<string>();
        var options = new BenchOptions { What = what };
        for (int i = 0; i < arguments.Length; i++)
        {
            string Value() => i + 1 < arguments.Length ? arguments[++i] : throw new ArgumentException($"{arguments[i]} needs a value\n{Usage}");
            int Number() => int.TryParse(Value(), out int number) && number > 0 ? number : throw new ArgumentException($"{arguments[i - 1]}: expected a positive number");
            switch (arguments[i])
            {
                case "--threads": options = options with { Threads = Number() }; break;
                case "--runs": options = options with { Runs = Number() }; break;
                case "--kinds": options = options with { Kinds = Value().Split(',') }; break;
                case "--isa":
                    options = options with
                    {
                        InstructionSet = Enum.TryParse(Value(), ignoreCase: true, out CpuInstructionSet set) ? set : throw new ArgumentException(Usage),
                    };
                    break;
                case "copy" or "ops" or "tokenizer" or "python": what.Add(arguments[i]); break;
                default:
                    what.Add(ModelShape.Names.Contains(arguments[i]) ? arguments[i] : throw new ArgumentException($"unknown: {arguments[i]}\n{Usage}"));
                    break;
            }
        }

        if (what.Count == 0)
        {
            what.AddRange(["copy", "ops", .. ModelShape.Names]);
        }

        return options;
    }
}
