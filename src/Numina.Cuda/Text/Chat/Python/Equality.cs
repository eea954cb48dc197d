using System.Numerics;
using Numina.Cuda.Text.Chat.Jinja;

namespace Numina.Cuda.Text.Chat.Python;

/// <summary>Python's ==: numbers by value whatever their type, containers item by item, everything else by identity.</summary>
internal static class Equality
{
    // Dict keys are compared where no interpreter counts; values that share parts could otherwise take for ever.
    private const int UncountedComparisons = 1_000_000;

    public static bool AreEqual(object? left, object? right, Interpreter? interpreter)
    {
        int budget = UncountedComparisons;
        return AreEqual(left, right, interpreter, ref budget);
    }

    /// <summary>A number as an exact pair: 2 for True is 1; null for what is no number.</summary>
    public static bool IsNumber(object? value) => value is bool or BigInteger or double;

    private static bool AreEqual(object? left, object? right, Interpreter? interpreter, ref int budget)
    {
        Interpreter.EnsureStack();
        interpreter?.Step();
        if (interpreter == null && --budget < 0)
        {
            throw Fault.Limit("keys too large to compare");
        }

        if (ReferenceEquals(left, right) && left is not double)
        {
            return true;
        }

        if (IsNumber(left) && IsNumber(right))
        {
            return Ordering.CompareNumbers(left!, right!) == 0;
        }

        if (TextOf(left) is { } leftText && TextOf(right) is { } rightText)
        {
            interpreter?.Scan(Math.Min(leftText.Length, rightText.Length));
            return leftText == rightText;
        }

        return (left, right) switch
        {
            (PyList a, PyList b) => AreItemsEqual(a.Items, b.Items, interpreter, ref budget),
            (PyTuple a, PyTuple b) => AreItemsEqual(a.Items, b.Items, interpreter, ref budget),
            (PyDict a, PyDict b) => AreDictsEqual(a, b, interpreter, ref budget),
            (PyRange a, PyRange b) => a.Count == b.Count && (a.Count == 0 || (a.Start == b.Start && (a.Count == 1 || a.Step == b.Step))),
            (PyDictView { Kind: not "dict_values" } a, PyDictView { Kind: not "dict_values" } b) => AreViewsEqual(a, b, interpreter, ref budget),
            (Undefined, Undefined) => true,
            _ => false,
        };
    }

    /// <summary>The text of a string or markup, null of anything else.</summary>
    public static string? TextOf(object? value) => value as string ?? (value as Markup)?.Text;

    private static bool AreItemsEqual(IReadOnlyList<object?> left, IReadOnlyList<object?> right, Interpreter? interpreter, ref int budget)
    {
        bool equal = left.Count == right.Count;
        for (int i = 0; equal && i < left.Count; i++)
        {
            equal = AreEqual(left[i], right[i], interpreter, ref budget);
        }

        return equal;
    }

    private static bool AreDictsEqual(PyDict left, PyDict right, Interpreter? interpreter, ref int budget)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        foreach ((object? key, object? value) in left.Items)
        {
            if (!right.TryGet(key, out object? other) || !AreEqual(value, other, interpreter, ref budget))
            {
                return false;
            }
        }

        return true;
    }

    private static bool AreViewsEqual(PyDictView left, PyDictView right, Interpreter? interpreter, ref int budget)
    {
        if (left.Kind != right.Kind || left.Dict.Count != right.Dict.Count)
        {
            return false;
        }

        return left.Kind == "dict_keys" ? left.Dict.Items.All(item => right.Dict.Contains(item.Key)) : AreDictsEqual(left.Dict, right.Dict, interpreter, ref budget);
    }
}
