using System.Text;

namespace Numina.Cuda.Solving;

/// <summary>What the end of a turn asks for.</summary>
internal enum TurnEnding
{
    /// <summary>Nothing: it ends in prose.</summary>
    Prose,

    /// <summary>A whole code block and nothing behind it: it is to be run.</summary>
    Block,

    /// <summary>An output fence: the last block is to be run.</summary>
    OutputRequest,

    /// <summary>The text was cut inside a code block.</summary>
    OpenBlock,
}

/// <summary>
/// One generation split into prose and code. Fences count at line starts only, and only in this text: neither the problem nor a program's output can open or close
/// a block. A fence that names a language always opens; a bare one closes what is open.
/// </summary>
/// <param name="Prose">The text without fence lines and without Python code.</param>
/// <param name="Code">The last Python block, whole; null for none.</param>
/// <param name="Ending">How the text ends.</param>
internal sealed record TurnText(string Prose, string? Code, TurnEnding Ending)
{
    public bool AsksForRun => Ending is TurnEnding.Block or TurnEnding.OutputRequest;

    /// <param name="text">One generation of the model.</param>
    /// <param name="startsLine">Whether it begins a line; behind our closing fence it does not.</param>
    public static TurnText Parse(string text, bool startsLine)
    {
        StringBuilder prose = new();
        StringBuilder code = new();
        string? lastCode = null;
        Fence? python = null;
        TurnEnding ending = TurnEnding.Prose;
        foreach (string line in Lines(text))
        {
            Fence? fence = startsLine ? Fence.Read(line) : null;
            startsLine = true;
            if (fence is not { } found || (python is { } open && !found.Ends(open)))
            {
                (python == null ? prose : code).Append(line);
                ending = python == null && !string.IsNullOrWhiteSpace(line) ? TurnEnding.Prose : ending;
                continue;
            }

            if (python != null)
            {
                lastCode = code.ToString();
                code.Clear();
            }

            ending = found.Kind switch
            {
                FenceKind.Python => TurnEnding.OpenBlock,
                FenceKind.Output => TurnEnding.OutputRequest,
                FenceKind.Bare when python != null => TurnEnding.Block,
                _ => TurnEnding.Prose,
            };
            python = found.Kind == FenceKind.Python ? found : null;
            prose.Append('\n');
        }

        return new TurnText(prose.ToString(), lastCode, ending);
    }

    /// <summary>Lines with their ends.</summary>
    private static IEnumerable<string> Lines(string text)
    {
        for (int start = 0; start < text.Length;)
        {
            int newline = text.IndexOf('\n', start);
            int end = newline < 0 ? text.Length : newline + 1;
            yield return text[start..end];
            start = end;
        }
    }
}
