using System.Text;

namespace Numina.Cuda.Text.Patterns;

/// <summary>A position in the text of a pattern, shared by all that read it.</summary>
internal sealed class PatternCursor(string pattern)
{
    private readonly int[] _points = [.. pattern.EnumerateRunes().Select(rune => rune.Value)];

    public int At { get; set; }

    public bool AtEnd => At == _points.Length;

    /// <summary>The code point here, or -1 at the end.</summary>
    public int Current => Ahead(0);

    /// <summary>The code point just read.</summary>
    public int Previous => _points[At - 1];

    /// <summary>The code point some way on, or -1 beyond the end.</summary>
    public int Ahead(int count) => At + count < _points.Length ? _points[At + count] : -1;

    /// <summary>Reads a code point; there must be one.</summary>
    public int Next() => AtEnd ? throw new PatternException("a pattern that ends in '\\'") : _points[At++];

    /// <summary>Reads an expected character if it is there.</summary>
    public bool Take(char expected)
    {
        bool found = Current == expected;
        At += found ? 1 : 0;
        return found;
    }

    /// <summary>Reads the text before the first occurrence of a character, and the character; null, reading nothing, when there is none.</summary>
    public string? TakeUntil(char end)
    {
        int close = Array.IndexOf(_points, end, At);
        if (close < 0)
        {
            return null;
        }

        string text = string.Concat(_points[At..close].Select(point => new Rune(point).ToString()));
        At = close + 1;
        return text;
    }

    /// <summary>Whether a character occurs after the current one.</summary>
    public bool OccursLater(char point) => At + 1 < _points.Length && Array.IndexOf(_points, point, At + 1) >= 0;
}
