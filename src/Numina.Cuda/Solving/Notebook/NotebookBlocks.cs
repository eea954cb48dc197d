namespace Numina.Cuda.Solving.Notebook;

/// <summary>Code blocks as the notebook finds them: by searching the whole text, prompt and program output included.</summary>
internal static class NotebookBlocks
{
    private const string Fence = "```";

    /// <summary>All matches of <c>```python(.*?)```</c>, the dot matching newlines: what stands between.</summary>
    public static IReadOnlyList<string> Python(string text) => Find(text, Fence + "python");

    public static bool HasPython(string text) => Python(text).Count > 0;

    /// <summary>Whether an output block, opened and closed by anybody, stands anywhere.</summary>
    public static bool HasOutput(string text) => Find(text, Fence + "output").Count > 0;

    private static List<string> Find(string text, string opening)
    {
        List<string> blocks = [];
        int start = text.IndexOf(opening, StringComparison.Ordinal);
        while (start >= 0)
        {
            int from = start + opening.Length;
            int end = text.IndexOf(Fence, from, StringComparison.Ordinal);
            if (end < 0)
            {
                break;
            }

            blocks.Add(text[from..end]);
            start = text.IndexOf(opening, end + Fence.Length, StringComparison.Ordinal);
        }

        return blocks;
    }
}
