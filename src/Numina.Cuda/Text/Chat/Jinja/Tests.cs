using System.Collections.Frozen;
using System.Numerics;
using Numina.Cuda.Text.Chat.Python;

namespace Numina.Cuda.Text.Chat.Jinja;

/// <summary>All tests by name.</summary>
internal static class Tests
{
    public static FrozenDictionary<string, Function> Known { get; } = All().ToFrozenDictionary(test => test.Name);

    public static Function Find(string name) => Known.TryGetValue(name, out Function? test) ? test : throw Fault.Assertion($"No test named '{name}'.");

    private static IEnumerable<Function> All() => [.. Kinds(), .. Numbers(), .. Comparisons()];

    private static Function Kind(string name, Func<object?, bool> holds) => new(name, "value", (_, a) => holds(a[0]));

    private static Function[] Kinds() =>
    [
        Kind("defined", value => value is not Undefined),
        Kind("undefined", value => value is Undefined),
        Kind("none", value => value is null),
        Kind("boolean", value => value is bool),
        Kind("true", value => value is true),
        Kind("false", value => value is false),
        Kind("integer", value => value is BigInteger),
        Kind("float", value => value is double),
        Kind("number", Equality.IsNumber),
        Kind("string", value => value is string or Markup),
        Kind("mapping", value => value is PyDict),
        Kind("sequence", value => value is string or Markup or PySequence or PyDict or PyRange or Undefined),
        Kind("callable", value => value is PyCallable or Undefined),
        Kind("escaped", value => value is Markup),
        new("iterable", "value", (i, a) => a[0] is LoopContext || Iteration.TryIterate(a[0], i, out _)),
        new("lower", "value", (i, a) => CaseMapping.IsAll(TextFilters.Text(a[0], i), upper: false)),
        new("upper", "value", (i, a) => CaseMapping.IsAll(TextFilters.Text(a[0], i), upper: true)),
        new("filter", "value", (_, a) => a[0] is string name && Filters.Known.ContainsKey(name)),
        new("test", "value", (_, a) => a[0] is string name && Known.ContainsKey(name)),
    ];

    private static Function[] Numbers() =>
    [
        new("odd", "value", (i, a) => Equality.AreEqual(Arithmetic.Apply("%", a[0], (BigInteger)2, i), BigInteger.One, i)),
        new("even", "value", (i, a) => Equality.AreEqual(Arithmetic.Apply("%", a[0], (BigInteger)2, i), BigInteger.Zero, i)),
        new("divisibleby", "value num", (i, a) => Equality.AreEqual(Arithmetic.Apply("%", a[0], a[1], i), BigInteger.Zero, i)),
    ];

    private static IEnumerable<Function> Comparisons()
    {
        (string Symbol, string[] Names)[] names =
        [
            ("==", ["==", "eq", "equalto"]),
            ("!=", ["!=", "ne"]),
            (">", [">", "gt", "greaterthan"]),
            (">=", [">=", "ge"]),
            ("<", ["<", "lt", "lessthan"]),
            ("<=", ["<=", "le"]),
            ("in", ["in"]),
        ];
        return names.SelectMany(comparison => comparison.Names.Select(name => new Function(name, "a b", (i, a) => Ordering.Holds(comparison.Symbol, a[0], a[1], i))))
            .Append(new Function("sameas", "value other", (i, a) => AreSame(a[0], a[1], i)));
    }

    /// <summary>Identity: by value for what Python keeps one object of, and for equal scalars of one type.</summary>
    private static bool AreSame(object? left, object? right, Interpreter interpreter) =>
        ReferenceEquals(left, right) || (left is bool or BigInteger or double or string && left.GetType() == right?.GetType() && Equality.AreEqual(left, right, interpreter));
}
