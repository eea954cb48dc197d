using System.Numerics;

namespace Numina.Cuda.Text.Chat.Python;

/// <summary>Python's bool of a value: zero, nothing and empty are false.</summary>
internal static class Truth
{
    public static bool Of(object? value) => value switch
    {
        null or Undefined => false,
        bool flag => flag,
        BigInteger integer => !integer.IsZero,
        double number => number != 0,
        string text => text.Length > 0,
        Markup markup => markup.Text.Length > 0,
        _ => Iteration.CountOf(value) != 0,
    };
}
