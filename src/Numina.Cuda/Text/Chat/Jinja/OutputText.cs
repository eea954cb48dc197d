using System.Text;

namespace Numina.Cuda.Text.Chat.Jinja;

/// <summary>Text being rendered, bounded.</summary>
internal sealed class OutputText(Interpreter interpreter, int limit)
{
    private readonly StringBuilder _text = new();

    public void Append(string text)
    {
        if (_text.Length + (long)text.Length > limit)
        {
            throw Fault.Limit($"more than {limit} characters of output");
        }

        interpreter.Allocate(text.Length);
        _text.Append(text);
    }

    public override string ToString() => _text.ToString();
}
