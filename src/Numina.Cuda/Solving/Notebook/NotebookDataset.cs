using System.Numerics;
using System.Text.Json;

namespace Numina.Cuda.Solving.Notebook;

/// <summary>The notebook's reading of a data set's gold answers.</summary>
public static class NotebookDataset
{
    /// <summary>The notebook solves no more rows of a data set than these first ones.</summary>
    public const int RowLimit = 10;

    /// <summary>The user message of a problem: the template <c>{}</c>, filled once, so that braces in the problem stay what they are.</summary>
    public static string UserMessage(string problem) => problem;

    /// <summary><c>str(int(answer) % 1000)</c> of a raw cell.</summary>
    /// <exception cref="PythonRaisedException">ValueError, OverflowError or TypeError with CPython's words.</exception>
    public static string GoldAnswer(JsonElement answer)
    {
        BigInteger value = answer.ValueKind switch
        {
            JsonValueKind.String => PythonNumber.Int(answer.GetString()!),
            JsonValueKind.True => BigInteger.One,
            JsonValueKind.False => BigInteger.Zero,
            JsonValueKind.Number => FromNumber(answer.GetRawText()),
            JsonValueKind.Null or JsonValueKind.Undefined => throw NotANumber("NoneType"),
            JsonValueKind.Array => throw NotANumber("list"),
            _ => throw NotANumber("dict"),
        };
        return Vote.Reduce(value, 1000).ToString();
    }

    /// <summary>A JSON number is an int or, with a point or an exponent, a float.</summary>
    private static BigInteger FromNumber(string raw) =>
        raw.AsSpan().IndexOfAny('.', 'e', 'E') < 0 ? PythonNumber.Int(raw) : PythonNumber.Int(PythonNumber.Float(raw)!.Value);

    private static PythonRaisedException NotANumber(string type) =>
        new("TypeError", $"int() argument must be a string, a bytes-like object or a real number, not '{type}'");
}
