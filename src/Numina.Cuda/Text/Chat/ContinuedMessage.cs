using Numina.Cuda.Text.Chat.Jinja;
using Numina.Cuda.Text.Chat.Python;

namespace Numina.Cuda.Text.Chat;

/// <summary>
/// Renders a chat whose last message is to be continued, as transformers does: a tag goes behind the message's text, and the rendering is cut where the tag came
/// out. A template that trims the message gives trimmed text.
/// </summary>
internal sealed class ContinuedMessage
{
    // The space at its end tells whether the template trims.
    private const string Tag = "CONTINUE_FINAL_MESSAGE_TAG ";

    private readonly string _text;

    private ContinuedMessage(PyList tagged, string text)
    {
        Tagged = tagged;
        _text = text;
    }

    /// <summary>The messages with the tag in the last one.</summary>
    public PyList Tagged { get; }

    public static ContinuedMessage Mark(PyList messages, string field, string template)
    {
        PyDict last = messages.Items.Count > 0 && messages.Items[^1] is PyDict dict ? dict.Copy() : throw Bad("there is no final message to continue");
        last.TryGet(field, out object? content);
        if (!template.Contains(field, StringComparison.Ordinal))
        {
            throw Bad($"'{field}' is no field that the template reads");
        }

        string text;
        if (content is PyList parts)
        {
            (PyList tagged, text) = MarkPart(parts);
            last.Set(field, tagged);
        }
        else
        {
            text = content as string ?? throw Bad($"the final message has no text '{field}' to continue");
            last.Set(field, text + Tag);
        }

        return new ContinuedMessage(new PyList([.. messages.Items.SkipLast(1), last]), text);
    }

    public string Cut(string rendered)
    {
        int at = rendered.LastIndexOf(Tag.TrimEnd(), StringComparison.Ordinal);
        string stripped = CodePoints.Strip(_text, null, left: true, right: true);
        if (at < 0 || !rendered.Contains(stripped, StringComparison.Ordinal))
        {
            throw Bad("the final message does not appear in the chat after applying the chat template");
        }

        string before = rendered[..at];
        bool keepsSpace = string.CompareOrdinal(rendered, at, Tag, 0, Tag.Length) == 0;
        return keepsSpace ? before : CodePoints.Strip(before, null, left: false, right: true);
    }

    private static (PyList Parts, string Text) MarkPart(PyList parts)
    {
        for (int i = parts.Items.Count - 1; i >= 0; i--)
        {
            if (parts.Items[i] is PyDict part && part.TryGet("text", out object? value) && value is string text)
            {
                PyDict tagged = part.Copy();
                tagged.Set("text", text + Tag);
                return (new PyList([.. parts.Items.Take(i), tagged, .. parts.Items.Skip(i + 1)]), text);
            }
        }

        throw Bad("the final message has no text part to continue");
    }

    private static ChatTemplateException Bad(string reason) => Fault.Value($"continue_final_message: {reason}");
}
