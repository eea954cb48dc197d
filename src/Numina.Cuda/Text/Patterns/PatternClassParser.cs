using Numina.Cuda.Text.Unicode;

namespace Numina.Cuda.Text.Patterns;

/// <summary>Reads a bracketed character class: ranges, escapes, nested classes, POSIX names and &amp;&amp;.</summary>
internal sealed class PatternClassParser(PatternCursor cursor, PatternEscapes escapes)
{
    private const int DepthLimit = 50;
    private int _depth;

    /// <summary>Reads from after the opening bracket to after the closing one. Ignoring case adds the other cases of what the brackets hold, before '^'.</summary>
    public CodePointRanges Parse(bool ignoreCase)
    {
        if (++_depth > DepthLimit)
        {
            throw new PatternException($"a character class nested more than {DepthLimit} deep");
        }

        int start = cursor.At;
        bool negated = cursor.Take('^');
        CodePointRanges? intersection = null;
        CodePointRanges current = CodePointRanges.Empty;
        bool first = true;
        while (true)
        {
            if (cursor.AtEnd)
            {
                throw new PatternException($"a character class without ']' at position {start - 1} of the pattern");
            }

            // A ']' that comes first is a literal when another one follows.
            if (cursor.Current == ']' && !(first && cursor.OccursLater(']')))
            {
                break;
            }

            if (cursor.Current == '&' && cursor.Ahead(1) == '&')
            {
                cursor.At += 2;
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

        cursor.At++;
        _depth--;
        CodePointRanges set = intersection?.Intersect(current) ?? current;
        if (ignoreCase)
        {
            MultipleFolds.Check(set, negated);
            set = CaseOrbits.Close(set);
        }

        return negated ? set.Complement() : set;
    }

    private CodePointRanges ParseItem()
    {
        CodePointRanges item = ParseElement();
        if (item.Single is not { } low || cursor.Current != '-' || cursor.Ahead(1) is -1 or ']')
        {
            return item;
        }

        int dash = cursor.At++;
        if (cursor.Current == '[')
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
        int point = cursor.Next();
        if (point == '[')
        {
            return PosixClass() ?? Parse(ignoreCase: false);
        }

        if (point != '\\')
        {
            return CodePointRanges.Of(point);
        }

        return cursor.Take('b') ? CodePointRanges.Of('\b') : escapes.Parse();
    }

    /// <summary>[:name:] or [:^name:], with the opening bracket already taken; null when it is not one.</summary>
    private CodePointRanges? PosixClass()
    {
        int start = cursor.At;
        if (!cursor.Take(':') || cursor.TakeUntil(':') is not { } name || !cursor.Take(']'))
        {
            cursor.At = start;
            return null;
        }

        bool negated = name.StartsWith('^');
        string key = negated ? name[1..] : name;
        CodePointRanges ranges = PatternProperties.FindPosix(key) ?? throw new PatternException($"the unknown POSIX class [:{key}:] in a pattern");
        return negated ? ranges.Complement() : ranges;
    }
}
