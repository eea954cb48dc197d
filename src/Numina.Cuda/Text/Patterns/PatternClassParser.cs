using System.Text;
using Numina.Cuda.Text.Unicode;

namespace Numina.Cuda.Text.Patterns;

/// <summary>Reads a bracketed character class: ranges, escapes, nested classes, POSIX names and &amp;&amp;.</summary>
internal ref struct PatternClassParser
{
    private const int DepthLimit = 50;
    private readonly int[] _pattern;
    private readonly PatternEscapes _escapes;
    private ref int _at;
    private int _depth;

    /// <summary><paramref name="at"/> is the position after the opening bracket and is moved past the closing one.</summary>
    public PatternClassParser(int[] pattern, PatternEscapes escapes, ref int at)
    {
        _pattern = pattern;
        _escapes = escapes;
        _at = ref at;
    }

    public CodePointRanges Parse()
    {
        if (++_depth > DepthLimit)
        {
            throw new PatternException($"a character class nested more than {DepthLimit} deep");
        }

        int start = _at;
        bool negated = Peek('^');
        _at += negated ? 1 : 0;
        CodePointRanges? intersection = null;
        CodePointRanges current = CodePointRanges.Empty;
        bool first = true;
        while (true)
        {
            if (_at >= _pattern.Length)
            {
                throw new PatternException($"a character class without ']' at position {start - 1} of the pattern");
            }

            if (Peek(']') && !(first && ClosesLater()))
            {
                break;
            }

            if (Peek('&') && _at + 1 < _pattern.Length && _pattern[_at + 1] == '&')
            {
                _at += 2;
                intersection = intersection?.Intersect(current) ?? current;
                current = CodePointRanges.Empty;
            }
            else
            {
                current = current.Union(ParseItem());
            }

            first = false;
        }

        if (first)
        {
            throw new PatternException($"an empty character class at position {start - 1} of the pattern");
        }

        _at++;
        _depth--;
        CodePointRanges set = intersection?.Intersect(current) ?? current;
        return negated ? set.Complement() : set;
    }

    /// <summary>A ']' that comes first is a literal when another one follows.</summary>
    private readonly bool ClosesLater() => Array.IndexOf(_pattern, ']', _at + 1) >= 0;

    private readonly bool Peek(char point) => _at < _pattern.Length && _pattern[_at] == point;

    private CodePointRanges ParseItem()
    {
        CodePointRanges item = ParseElement();
        if (item.Single is not { } low || !Peek('-') || _at + 1 >= _pattern.Length || _pattern[_at + 1] == ']')
        {
            return item;
        }

        int dash = _at++;
        if (Peek('['))
        {
            return item.Union(CodePointRanges.Of('-'));
        }

        CodePointRanges end = ParseElement();
        if (end.Single is not { } high)
        {
            return item.Union(end).Union(CodePointRanges.Of('-'));
        }

        return high < low ? throw new PatternException($"a reversed range at position {dash} of the pattern") : CodePointRanges.Between(low, high);
    }

    private CodePointRanges ParseElement()
    {
        int point = _pattern[_at++];
        if (point == '[')
        {
            return PosixClass() ?? Parse();
        }

        if (point != '\\')
        {
            return CodePointRanges.Of(point);
        }

        if (_at >= _pattern.Length)
        {
            throw new PatternException("a pattern that ends in '\\'");
        }

        if (Peek('b'))
        {
            _at++;
            return CodePointRanges.Of('\b');
        }

        return _escapes.Parse(ref _at);
    }

    /// <summary>[:name:] or [:^name:], with the opening bracket already taken; null when it is not one.</summary>
    private CodePointRanges? PosixClass()
    {
        int close = _at;
        while (close + 1 < _pattern.Length && (_pattern[close] != ':' || close == _at) && _pattern[close] != ']')
        {
            close++;
        }

        if (!Peek(':') || close + 1 >= _pattern.Length || _pattern[close] != ':' || _pattern[close + 1] != ']')
        {
            return null;
        }

        StringBuilder name = new();
        foreach (int point in _pattern.AsSpan((_at + 1)..close))
        {
            name.Append(new Rune(point));
        }

        bool negated = name.Length > 0 && name[0] == '^';
        string key = name.ToString(negated ? 1 : 0, name.Length - (negated ? 1 : 0));
        CodePointRanges ranges = PatternProperties.FindPosix(key) ?? throw new PatternException($"the unknown POSIX class [:{key}:] in a pattern");
        _at = close + 2;
        return negated ? ranges.Complement() : ranges;
    }
}
