namespace Numina.Cuda.Tensors;

/// <summary>Element types by the names that safetensors gives them. Only some are computed with; the others are named so that a file can be refused by name.</summary>
public enum DType
{
    Bool, F4, F6E2M3, F6E3M2, U8, I8, F8E5M2, F8E4M3, F8E8M0, I16, U16, F16, BF16, I32, U32, F32, C64, F64, I64, U64,
}

/// <summary>Sizes and file names of <see cref="DType"/>.</summary>
public static class DTypes
{
    /// <summary>Bits of one element: 4 and 6 for the packed floats, else a multiple of 8.</summary>
    public static int BitSize(this DType type) => type switch
    {
        DType.F4 => 4,
        DType.F6E2M3 or DType.F6E3M2 => 6,
        DType.Bool or DType.U8 or DType.I8 or DType.F8E5M2 or DType.F8E4M3 or DType.F8E8M0 => 8,
        DType.I16 or DType.U16 or DType.F16 or DType.BF16 => 16,
        DType.I32 or DType.U32 or DType.F32 => 32,
        _ => 64,
    };

    /// <summary>Bytes of one element. Throws for the types that are smaller than a byte.</summary>
    public static int ByteSize(this DType type) => type.BitSize() % 8 == 0
        ? type.BitSize() / 8
        : throw new ArgumentException($"{type.Name()} elements are not whole bytes", nameof(type));

    /// <summary>The name in a safetensors header, such as <c>F8_E4M3</c>.</summary>
    public static string Name(this DType type) => type switch
    {
        DType.Bool => "BOOL",
        DType.F6E2M3 => "F6_E2M3",
        DType.F6E3M2 => "F6_E3M2",
        DType.F8E5M2 => "F8_E5M2",
        DType.F8E4M3 => "F8_E4M3",
        DType.F8E8M0 => "F8_E8M0",
        _ => type.ToString(),
    };

    /// <summary>The type of a safetensors name; false when the format has no such type.</summary>
    public static bool TryParse(string name, out DType type)
    {
        foreach (DType candidate in Enum.GetValues<DType>())
        {
            if (candidate.Name() == name)
            {
                type = candidate;
                return true;
            }
        }

        type = default;
        return false;
    }
}
