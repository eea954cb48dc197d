using System.Globalization;
using System.Numerics;
using Numina.Cuda.Text.Chat.Python;

namespace Numina.Cuda.Text.Chat.Jinja;

/// <summary>Reads the expression tokens between the delimiters of one tag.</summary>
internal sealed class TagLexer(SourceText source, List<Token> tokens, string close, TokenKind closeKind)
{
    private readonly string _text = source.Text;
    private readonly Stack<char> _open = new();
    private int _at;

    /// <summary>Reads up to and including the closing delimiter; returns the offset after it, or the end of the text when it is missing.</summary>
    public int Read(int from)
    {
        _at = from;
        while (_at < _text.Length)
        {
            if (_open.Count == 0 && ReadClose())
            {
                return _at;
            }

            ReadOne();
        }

        return _at;
    }

    private bool ReadClose()
    {
        bool signed = _text[_at] == '-' || (_text[_at] == '+' && closeKind == TokenKind.BlockEnd);
        char sign = signed ? _text[_at] : '\0';
        int start = signed ? _at + 1 : _at;
        if (string.CompareOrdinal(_text, start, close, 0, 2) != 0)
        {
            return false;
        }

        tokens.Add(new Token(closeKind, close, null, _at));
        _at = start + 2;
        if (sign == '-')
        {
            SkipSpace();
        }
        else if (sign == '\0' && closeKind == TokenKind.BlockEnd && _at < _text.Length && _text[_at] == '\n')
        {
            _at++;
        }

        return true;
    }

    private void ReadOne()
    {
        char first = _text[_at];
        if (CodePoints.IsSpace(first))
        {
            SkipSpace();
        }
        else if (char.IsAsciiDigit(first))
        {
            ReadNumber();
        }
        else if (CodePoints.IsNamePart(CodePoints.CodePointAt(_text, _at)))
        {
            ReadName();
        }
        else if (first is '\'' or '"' && StringEnd(_at) is int end and >= 0)
        {
            string body = _text[(_at + 1)..(end - 1)];
            tokens.Add(new Token(TokenKind.Text, StringLiteral.Unescape(body) ?? throw Bad("malformed escape in string"), null, _at));
            _at = end;
        }
        else
        {
            ReadOperator();
        }
    }

    private void SkipSpace()
    {
        while (_at < _text.Length && CodePoints.IsSpace(_text[_at]))
        {
            _at++;
        }
    }

    private void ReadName()
    {
        int start = _at;
        while (_at < _text.Length && CodePoints.CodePointAt(_text, _at) is int point && CodePoints.IsNamePart(point))
        {
            _at += point > 0xFFFF ? 2 : 1;
        }

        string name = _text[start.._at];
        tokens.Add(new Token(TokenKind.Name, CodePoints.IsIdentifier(name) ? name : throw source.SyntaxFault(start, "Invalid character in identifier"), null, start));
    }

    private void ReadNumber()
    {
        int start = _at;
        int fraction = FractionEnd(DigitsEnd(_at, char.IsAsciiDigit));
        if (fraction > 0 && (start == 0 || _text[start - 1] != '.'))
        {
            _at = fraction;
            string digits = _text[start.._at].Replace("_", "", StringComparison.Ordinal);
            tokens.Add(new Token(TokenKind.Float, digits, double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture), start));
            return;
        }

        (int radix, Func<char, bool> isDigit) = (_at + 1 < _text.Length ? char.ToLowerInvariant(_text[_at + 1]) : '\0') switch
        {
            'x' when _text[_at] == '0' => (16, char.IsAsciiHexDigit),
            'o' when _text[_at] == '0' => (8, unit => unit is >= '0' and <= '7'),
            'b' when _text[_at] == '0' => (2, unit => unit is '0' or '1'),
            _ => (10, (Func<char, bool>)char.IsAsciiDigit),
        };
        int prefixed = radix == 10 ? -1 : DigitsEnd(Skip(_at + 2, '_'), isDigit);
        if (prefixed > 0)
        {
            _at = prefixed;
        }
        else
        {
            // As in Jinja, 007 is the number 00 followed by 7: a zero can only be followed by zeros.
            radix = 10;
            _at = DigitsEnd(_at, _text[_at] == '0' ? unit => unit == '0' : char.IsAsciiDigit);
        }

        string text = _text[start.._at];
        tokens.Add(new Token(TokenKind.Integer, text, ParseInteger(text.Replace("_", "", StringComparison.Ordinal), radix, start), start));
    }

    private BigInteger ParseInteger(string digits, int radix, int start)
    {
        const int pythonLimit = 4300;
        if (radix == 10 && digits.Length > pythonLimit)
        {
            throw source.SyntaxFault(start, $"integer literal of {digits.Length} digits, at most {pythonLimit} are allowed");
        }

        return radix == 10 ? BigInteger.Parse(digits, CultureInfo.InvariantCulture) : IntegerText.ParseDigits(digits.AsSpan(2), radix)!.Value;
    }

    /// <summary>The end of an exponent or fraction that begins at <paramref name="at"/>, or -1 when the number is an integer.</summary>
    private int FractionEnd(int at)
    {
        int end = -1;
        if (at + 1 < _text.Length && _text[at] == '.' && DigitsEnd(at + 1, char.IsAsciiDigit) is int fraction and > 0)
        {
            end = at = fraction;
        }

        if (at < _text.Length && _text[at] is 'e' or 'E')
        {
            int exponent = at + 1 < _text.Length && _text[at + 1] is '+' or '-' ? at + 2 : at + 1;
            end = DigitsEnd(exponent, char.IsAsciiDigit) is int digits and > 0 ? digits : end;
        }

        return end;
    }

    /// <summary>The end of digits with single underscores between them, or -1 when none begins here.</summary>
    private int DigitsEnd(int at, Func<char, bool> isDigit)
    {
        if (at >= _text.Length || !isDigit(_text[at]))
        {
            return -1;
        }

        while (at < _text.Length && isDigit(_text[at]))
        {
            at = Skip(at + 1, '_') is int next && next < _text.Length && isDigit(_text[next]) ? next : at + 1;
        }

        return at;
    }

    private int Skip(int at, char unit) => at < _text.Length && _text[at] == unit ? at + 1 : at;

    private int StringEnd(int start)
    {
        for (int at = start + 1; at < _text.Length; at++)
        {
            if (_text[at] == '\\')
            {
                at++;
            }
            else if (_text[at] == _text[start])
            {
                return at + 1;
            }
        }

        return -1;
    }

    private void ReadOperator()
    {
        ReadOnlySpan<char> rest = _text.AsSpan(_at);
        string symbol = rest.Length >= 2 && rest[..2] is "//" or "**" or "==" or "!=" or ">=" or "<=" ? _text.Substring(_at, 2) : _text.Substring(_at, 1);
        if (symbol.Length == 1 && !"+-/*%~[](){}><=.:|,;".Contains(symbol[0], StringComparison.Ordinal))
        {
            throw Bad($"unexpected char {Representation.OfText(CodePoints.ToText(CodePoints.CodePointAt(_text, _at)))} at {_at}");
        }

        Balance(symbol[0]);
        tokens.Add(new Token(TokenKind.Operator, symbol, null, _at));
        _at += symbol.Length;
    }

    private void Balance(char symbol)
    {
        if (symbol is '(' or '[' or '{')
        {
            _open.Push(symbol == '(' ? ')' : symbol == '[' ? ']' : '}');
        }
        else if (symbol is ')' or ']' or '}')
        {
            char expected = _open.TryPop(out char opened) ? opened : throw Bad($"unexpected '{symbol}'");
            if (expected != symbol)
            {
                throw Bad($"unexpected '{symbol}', expected '{expected}'");
            }
        }
    }

    private ChatTemplateException Bad(string reason) => source.SyntaxFault(_at, reason);
}
