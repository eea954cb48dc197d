using System.Numerics;
using Numina.Cuda.Text.Chat.Jinja;

namespace Numina.Cuda.Text.Chat.Python;

/// <summary>The methods of Python's dict, list, tuple and numbers that change nothing.</summary>
internal static class ContainerMethods
{
    public static PyCallable? OfDict(PyDict self, string name) => name switch
    {
        "get" => new Function(name, "key default?", (_, a) => self.TryGet(a[0], out object? value) ? value : a[1] is Missing ? null : a[1]),
        "keys" or "values" or "items" => new Function(name, "", (_, _) => new PyDictView($"dict_{name}", self)),
        "copy" => new Function(name, "", (_, _) => self.Copy()),
        _ => null,
    };

    public static PyCallable? OfSequence(PySequence self, string name) => name switch
    {
        "count" => new Function(name, "value", (i, a) => (BigInteger)self.Items.Count(item => Equality.AreEqual(item, a[0], i))),
        "index" => new Function(name, "value start? stop?", (i, a) => IndexOf(self, a, i)),
        "copy" when self is PyList => new Function(name, "", (_, _) => self),
        _ => null,
    };

    public static object? OfNumber(object self, string name) => (name, self) switch
    {
        ("real", double number) => number,
        ("imag", double) => 0.0,
        ("is_integer", double number) => new Function(name, "", (_, _) => double.IsFinite(number) && number == Math.Floor(number)),
        ("real" or "numerator", not double) => Arithmetic.Integer(self),
        ("imag", _) => BigInteger.Zero,
        ("denominator", not double) => BigInteger.One,
        ("bit_length", not double) => new Function(name, "", (_, _) => (BigInteger)(long)BigInteger.Abs(Arithmetic.Integer(self)).GetBitLength()),
        ("conjugate", _) => new Function(name, "", (_, _) => self is double ? self : Arithmetic.Integer(self)),
        _ => null,
    };

    /// <summary>Python's int of a float.</summary>
    public static BigInteger Truncate(double number) => FloatText.NotFinite(number) switch
    {
        null => new BigInteger(number),
        "nan" => throw Fault.Value("cannot convert float NaN to integer"),
        _ => throw Fault.Overflow("cannot convert float infinity to integer"),
    };

    private static BigInteger IndexOf(PySequence self, object?[] arguments, Interpreter interpreter)
    {
        int At(object? bound, int byDefault) => bound is Missing ? byDefault : Arithmetic.ToInt32(bound, "slice index") is var value && value < 0 ? Math.Max(0, value + self.Items.Count) : value;
        int stop = Math.Min(At(arguments[2], self.Items.Count), self.Items.Count);
        for (int at = At(arguments[1], 0); at < stop; at++)
        {
            if (Equality.AreEqual(self.Items[at], arguments[0], interpreter))
            {
                return at;
            }
        }

        throw Fault.Value($"{Representation.Repr(arguments[0], interpreter)} is not in {TypeNames.Of(self)}");
    }
}
