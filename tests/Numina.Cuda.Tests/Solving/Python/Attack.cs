using System.Runtime.InteropServices;
using Numina.Cuda.Tests.Support;

namespace Numina.Cuda.Tests.Solving.Python;

/// <summary>One section of attacks.py.</summary>
internal sealed record Attack(string Name, string Code, string? NeededLayer, bool HasControl)
{
    /// <summary>What a successful attack prints; a traceback shows its source indented.</summary>
    public const string Success = "(?m)^ESCAPED";

    public static IReadOnlyList<Attack> All { get; } = Read();

    public override string ToString() => Name;

    private static List<Attack> Read()
    {
        string text = File.ReadAllText(Path.Combine(Reference.Repository, "tests/Numina.Cuda.Tests/Solving/Python/attacks.py"));
        List<Attack> attacks = [];
        foreach (string section in text.Split("\n#: ")[1..])
        {
            string[] parts = section.Split('\n', 2);
            string[] words = parts[0].Split(' ');
            if (words.Contains("linux-x86_64") && RuntimeInformation.ProcessArchitecture != Architecture.X64)
            {
                continue;
            }

            int needs = Array.IndexOf(words, "needs");
            string? layer = needs < 0 ? null : string.Join(' ', words[(needs + 1)..].Where(word => word is not ("uncontrolled" or "linux-x86_64")));
            attacks.Add(new Attack(words[0], parts[1].Trim() + "\n", layer, !words.Contains("uncontrolled")));
        }

        return attacks;
    }
}
