using System.Numerics;
using Numina.Cuda.Text.Chat.Jinja;

namespace Numina.Cuda.Text.Chat.Python;

/// <summary>Python's slices, of texts by code point.</summary>
internal static class Slicing
{
    public static object Apply(object target, PySlice slice, Interpreter interpreter)
    {
        int count = Iteration.CountOf(target)!.Value;
        (int start, int step, int taken) = Resolve(slice, count);
        interpreter.Allocate(taken + (count / 8));
        IEnumerable<int> indexes = Enumerable.Range(0, taken).Select(i => start + (i * step));
        switch (target)
        {
            case PySequence sequence:
                return sequence.With([.. indexes.Select(index => sequence.Items[index])]);
            case PyRange range:
                return new PyRange(taken == 0 ? range.Start : range[start], range.Step * step, taken) { Stop = taken == 0 ? range.Start : range[start] + (range.Step * step * taken) };
        }

        string text = Equality.TextOf(target)!;
        string result;
        if (step == 1)
        {
            int from = count == text.Length ? start : CodePoints.Offset(text, start);
            int length = count == text.Length ? taken : CodePoints.Offset(text[from..], taken);
            result = text.Substring(from, length);
        }
        else
        {
            List<string> characters = CodePoints.Characters(text);
            result = string.Concat(indexes.Select(index => characters[index]));
        }

        return target is Markup ? new Markup(result) : result;
    }

    private static (int Start, int Step, int Taken) Resolve(PySlice slice, int count)
    {
        int step = slice.Step == null ? 1 : Bound(slice.Step);
        if (step == 0)
        {
            throw Fault.Value("slice step cannot be zero");
        }

        (int lowest, int highest) = step > 0 ? (0, count) : (-1, count - 1);
        int Clamp(object? bound, int byDefault) => bound == null ? byDefault : (int)Math.Clamp(Bound(bound) is var value && value < 0 ? (long)value + count : value, lowest, highest);
        int start = Clamp(slice.Start, step > 0 ? lowest : highest);
        int stop = Clamp(slice.Stop, step > 0 ? highest : lowest);
        long distance = step > 0 ? (long)stop - start : (long)start - stop;
        long stride = Math.Abs((long)step);
        int taken = (int)Math.Max(0, (distance + stride - 1) / stride);
        return (start, taken <= 1 ? Math.Sign(step) : step, taken);
    }

    private static int Bound(object value) => value is bool or BigInteger
        ? Arithmetic.ToInt32(value, "slice index")
        : throw Fault.Type("slice indices must be integers or None or have an __index__ method");
}
