namespace Numina.Cuda.Text.Chat.Jinja;

/// <summary>A template's text as Jinja reads it: every line break is \n and one at the very end is dropped.</summary>
internal sealed class SourceText
{
    public SourceText(string template)
    {
        string text = template.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        Text = text.EndsWith('\n') ? text[..^1] : text;
    }

    public string Text { get; }

    /// <summary>Writes line and column of <paramref name="offset"/> into <paramref name="fault"/>.</summary>
    public ChatTemplateException Locate(ChatTemplateException fault, int offset)
    {
        ReadOnlySpan<char> before = Text.AsSpan(0, Math.Clamp(offset, 0, Text.Length));
        ReadOnlySpan<char> line = before[(before.LastIndexOf('\n') + 1)..];
        int column = 1;
        foreach (char unit in line)
        {
            column += char.IsLowSurrogate(unit) ? 0 : 1;
        }

        fault.Locate(before.Count('\n') + 1, column);
        return fault;
    }

    public ChatTemplateException SyntaxFault(int offset, string reason) => Locate(Fault.Syntax(reason), offset);
}
