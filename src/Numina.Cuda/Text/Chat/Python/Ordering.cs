using System.Numerics;
using Numina.Cuda.Text.Chat.Jinja;

namespace Numina.Cuda.Text.Chat.Python;

/// <summary>Python's comparisons.</summary>
internal static class Ordering
{
    public static bool Holds(string symbol, object? left, object? right, Interpreter interpreter) => symbol switch
    {
        "==" => Equality.AreEqual(left, right, interpreter),
        "!=" => !Equality.AreEqual(left, right, interpreter),
        "in" => Contains(right, left, interpreter),
        "not in" => !Contains(right, left, interpreter),
        "<" => Compare(symbol, left, right, interpreter) is < 0,
        "<=" => Compare(symbol, left, right, interpreter) is <= 0,
        ">" => Compare(symbol, left, right, interpreter) is > 0,
        _ => Compare(symbol, left, right, interpreter) is >= 0,
    };

    public static bool Contains(object? container, object? value, Interpreter interpreter)
    {
        if (Equality.TextOf(container) is { } text)
        {
            string part = Equality.TextOf(value) ?? throw Fault.Type($"'in <string>' requires string as left operand, not {TypeNames.Of(value)}");
            interpreter.Scan(text.Length);
            return text.Contains(part, StringComparison.Ordinal);
        }

        if (container is PyDict dict)
        {
            return dict.Contains(value);
        }

        if (!Iteration.TryIterate(container, interpreter, out IEnumerator<object?>? items))
        {
            throw Fault.Type($"argument of type '{TypeNames.Of(container)}' is not iterable");
        }

        while (items.MoveNext())
        {
            if (Equality.AreEqual(items.Current, value, interpreter))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Orders two values, null when one is NaN; values of types without an order fail in the words of <paramref name="symbol"/>.</summary>
    public static int? Compare(string symbol, object? left, object? right, Interpreter interpreter)
    {
        Interpreter.EnsureStack();
        interpreter.Step();
        if (Equality.IsNumber(left) && Equality.IsNumber(right))
        {
            return CompareNumbers(left!, right!);
        }

        if (Equality.TextOf(left) is { } leftText && Equality.TextOf(right) is { } rightText)
        {
            interpreter.Scan(Math.Min(leftText.Length, rightText.Length));
            return CompareTexts(leftText, rightText);
        }

        return (left, right) switch
        {
            (Undefined undefined, _) => throw Fault.Undefined(undefined),
            (_, Undefined undefined) => throw Fault.Undefined(undefined),
            (PyList a, PyList b) => CompareItems(symbol, a.Items, b.Items, interpreter),
            (PyTuple a, PyTuple b) => CompareItems(symbol, a.Items, b.Items, interpreter),
            _ => throw Fault.Type($"'{symbol}' not supported between instances of '{TypeNames.Of(left)}' and '{TypeNames.Of(right)}'"),
        };
    }

    public static int? CompareNumbers(object left, object right)
    {
        if (left is double || right is double)
        {
            return CompareDoubles(left, right);
        }

        return Arithmetic.Integer(left).CompareTo(Arithmetic.Integer(right));
    }

    /// <summary>By code point: UTF-16 order differs from it where surrogates meet U+E000 to U+FFFF.</summary>
    public static int CompareTexts(string left, string right)
    {
        int common = left.AsSpan().CommonPrefixLength(right);
        if (common == left.Length || common == right.Length)
        {
            return left.Length.CompareTo(right.Length);
        }

        (char a, char b) = (left[common], right[common]);
        return char.IsSurrogate(a) == char.IsSurrogate(b) ? a.CompareTo(b) : char.IsSurrogate(a) ? 1 : -1;
    }

    private static int? CompareDoubles(object left, object right)
    {
        if ((left is double a && double.IsNaN(a)) || (right is double b && double.IsNaN(b)))
        {
            return null;
        }

        if (left is double x && right is double y)
        {
            return x.CompareTo(y);
        }

        return left is double number ? -CompareIntegerToDouble(Arithmetic.Integer(right), number) : CompareIntegerToDouble(Arithmetic.Integer(left), (double)right);
    }

    /// <summary>Exact, as in Python: a double is never rounded to compare it, and neither is the integer.</summary>
    private static int CompareIntegerToDouble(BigInteger integer, double number)
    {
        if (double.IsInfinity(number))
        {
            return number > 0 ? -1 : 1;
        }

        double floor = Math.Floor(number);
        int order = integer.CompareTo(new BigInteger(floor));
        return order == 0 && floor != number ? -1 : order;
    }

    private static int? CompareItems(string symbol, IReadOnlyList<object?> left, IReadOnlyList<object?> right, Interpreter interpreter)
    {
        for (int i = 0; i < Math.Min(left.Count, right.Count); i++)
        {
            if (!Equality.AreEqual(left[i], right[i], interpreter))
            {
                return Compare(symbol, left[i], right[i], interpreter);
            }
        }

        return left.Count.CompareTo(right.Count);
    }
}
