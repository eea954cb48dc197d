using Numina.Cuda.Text.Chat.Python;

namespace Numina.Cuda.Text.Chat.Jinja;

/// <summary>
/// Splits a template into tokens, with trim_blocks and lstrip_blocks on as transformers sets them: a line break after a block tag goes, and so does the white
/// space between the start of a line and a block tag; <c>-</c> strips all white space on its side, <c>+</c> keeps it.
/// </summary>
internal sealed class Lexer
{
    private readonly SourceText _source;
    private readonly string _text;
    private readonly List<Token> _tokens = [];
    private int _at;

    private Lexer(SourceText source)
    {
        _source = source;
        _text = source.Text;
    }

    public static List<Token> Tokenize(SourceText source)
    {
        Lexer lexer = new(source);
        lexer.Run();
        return lexer._tokens;
    }

    private void Run()
    {
        while (_at < _text.Length)
        {
            int open = NextOpening(_at);
            if (open < 0)
            {
                AddData(_at, _text.Length);
                break;
            }

            int start = _at;
            char kind = _text[open + 1];
            _at = open + 2;
            char sign = ReadSign();
            AddData(start, TrimmedEnd(start, open, sign, keepsIndent: kind == '{'));
            ReadTag(kind, open);
        }

        _tokens.Add(new Token(TokenKind.End, "", null, _text.Length));
    }

    private void ReadTag(char kind, int open)
    {
        if (kind == '#')
        {
            SkipComment(open);
        }
        else if (kind == '{')
        {
            _tokens.Add(new Token(TokenKind.VariableBegin, "{{", null, open));
            _at = new TagLexer(_source, _tokens, "}}", TokenKind.VariableEnd).Read(_at);
        }
        else if (MatchKeywordTag(_at, "raw", beginsRaw: true) is int body and >= 0)
        {
            _at = body;
            ReadRaw(open);
        }
        else
        {
            _tokens.Add(new Token(TokenKind.BlockBegin, "{%", null, open));
            _at = new TagLexer(_source, _tokens, "%}", TokenKind.BlockEnd).Read(_at);
        }
    }

    private void SkipComment(int open)
    {
        int close = _text.IndexOf("#}", _at, StringComparison.Ordinal);
        if (close < 0)
        {
            // A template that ends right after the opening renders; Jinja's rule needs one character to complain about.
            _at = _at == _text.Length ? _at : throw _source.SyntaxFault(open, "Missing end of comment tag");
            return;
        }

        char before = close > _at ? _text[close - 1] : '\0';
        _at = AfterClose(close + 2, before);
    }

    private void ReadRaw(int open)
    {
        int start = _at;
        if (start == _text.Length)
        {
            return;
        }

        for (int tag = start; (tag = _text.IndexOf("{%", tag, StringComparison.Ordinal)) >= 0; tag += 2)
        {
            _at = tag + 2;
            char sign = ReadSign();
            if (MatchKeywordTag(_at, "endraw", beginsRaw: false) is int after and >= 0)
            {
                AddData(start, TrimmedEnd(start, tag, sign, keepsIndent: false));
                _at = after;
                return;
            }
        }

        throw _source.SyntaxFault(open, "Missing end of raw directive");
    }

    /// <summary>The offset after <c>keyword %}</c>, or -1 when something else stands there.</summary>
    private int MatchKeywordTag(int at, string keyword, bool beginsRaw)
    {
        at = SkipSpace(at);
        if (string.CompareOrdinal(_text, at, keyword, 0, keyword.Length) != 0)
        {
            return -1;
        }

        at = SkipSpace(at + keyword.Length);
        char sign = at < _text.Length && (_text[at] == '-' || (_text[at] == '+' && !beginsRaw)) ? _text[at] : '\0';
        at += sign == '\0' ? 0 : 1;
        if (string.CompareOrdinal(_text, at, "%}", 0, 2) != 0)
        {
            return -1;
        }

        // The opening tag of a raw block keeps the line break after it.
        return beginsRaw && sign == '\0' ? at + 2 : AfterClose(at + 2, sign);
    }

    private int AfterClose(int at, char sign) => sign switch
    {
        '-' => SkipSpace(at),
        '+' => at,
        _ => at < _text.Length && _text[at] == '\n' ? at + 1 : at,
    };

    private int TrimmedEnd(int start, int end, char sign, bool keepsIndent)
    {
        int stripped = end;
        while (stripped > start && CodePoints.IsSpace(_text[stripped - 1]) && (sign == '-' || _text[stripped - 1] != '\n'))
        {
            stripped--;
        }

        bool beginsLine = stripped > start ? _text[stripped - 1] == '\n' : start == 0 || _text[start - 1] == '\n';
        return sign == '-' || (sign != '+' && !keepsIndent && beginsLine) ? stripped : end;
    }

    private void AddData(int start, int end)
    {
        if (end > start)
        {
            _tokens.Add(new Token(TokenKind.Data, _text[start..end], null, start));
        }
    }

    private char ReadSign() => _at < _text.Length && _text[_at] is '-' or '+' ? _text[_at++] : '\0';

    private int NextOpening(int from)
    {
        for (int at = from; (at = _text.IndexOf('{', at)) >= 0 && at + 1 < _text.Length; at++)
        {
            if (_text[at + 1] is '%' or '{' or '#')
            {
                return at;
            }
        }

        return -1;
    }

    private int SkipSpace(int at)
    {
        while (at < _text.Length && CodePoints.IsSpace(_text[at]))
        {
            at++;
        }

        return at;
    }
}
