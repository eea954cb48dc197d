using Numina.Cuda.Tensors;

namespace Numina.Cuda.Weights;

/// <summary>A linear layer of a GPTQ checkpoint: qweight [K*bits/32, N], qzeros [G, N*bits/32], scales [G, N], g_idx [K].</summary>
internal static class GptqWeight
{
    /// <summary>Fetches and checks the tensors of <paramref name="module"/>, a linear layer of K = columns inputs and N = rows outputs.</summary>
    public static QuantizedMatrix Read(TensorMap tensors, string module, int rows, int columns, QuantizationConfig config)
    {
        int perWord = 32 / config.Bits;
        int groupSize = QuantizedParts.GroupSize(tensors, module, columns, config);
        QuantizedParts.RequireMultiple(tensors, $"{module}.qweight", columns, perWord, "input features for whole words");
        QuantizedParts.RequireMultiple(tensors, $"{module}.qzeros", rows, perWord, "output features for whole words");
        int groups = columns / groupSize;
        var matrix = new QuantizedMatrix(rows, columns)
        {
            Bits = config.Bits,
            Groups = groups,
            Words = tensors.Get($"{module}.qweight", new Shape(columns / perWord, rows), DType.I32),
            Zeros = tensors.Get($"{module}.qzeros", new Shape(groups, rows / perWord), DType.I32),
            Scales = QuantizedParts.Scales(tensors, module, groups, rows),
            Packing = CodePacking.AlongColumns,
            ZeroOffset = config.ZeroOffset,
            GroupIndex = GroupIndex(tensors, module, columns, groupSize),
        };
        if (config.ZeroOffset == 1)
        {
            RefuseWrappingZeros(tensors, module, matrix);
        }

        return matrix;
    }

    /// <summary>g_idx, or null when it is k / groupSize. Decided by the values alone: files exist whose desc_act says otherwise.</summary>
    private static int[]? GroupIndex(TensorMap tensors, string module, int columns, int groupSize)
    {
        string name = $"{module}.g_idx";
        ReadOnlySpan<int> index = tensors.Get(name, new Shape(columns), DType.I32).AsSpan<int>();
        var members = new int[columns / groupSize];
        bool inOrder = true;
        for (int k = 0; k < columns; k++)
        {
            if ((uint)index[k] >= (uint)members.Length)
            {
                throw new CheckpointException(tensors.FileOf(name), $"{name}[{k}]", $"a group from 0 to {members.Length - 1}", $"{index[k]}");
            }

            members[index[k]]++;
            inOrder &= index[k] == k / groupSize;
        }

        int uneven = Array.FindIndex(members, count => count != groupSize);
        return uneven < 0
            ? inOrder ? null : index.ToArray()
            : throw new CheckpointException(tensors.FileOf(name), name, $"{groupSize} input features in each group", $"{members[uneven]} in group {uneven}");
    }

    /// <summary>In v1 a stored zero point of all ones plus one is read as 2^bits by some tools and as 0, with or without a carry, by others.</summary>
    private static void RefuseWrappingZeros(TensorMap tensors, string module, QuantizedMatrix matrix)
    {
        uint lowest = matrix.Bits == 8 ? 0x01010101u : 0x11111111u;
        for (int g = 0; g < matrix.Groups; g++)
        {
            ReadOnlySpan<uint> words = matrix.Zeros.Rows(g, 1).AsSpan<uint>();
            for (int word = 0; word < words.Length; word++)
            {
                // A field of all ones is a zero field of the complement: taking 1 from each borrows into a top bit only at a zero.
                uint inverse = ~words[word];
                if (((inverse - lowest) & words[word] & (lowest << (matrix.Bits - 1))) != 0)
                {
                    string name = $"{module}.qzeros";
                    throw new CheckpointException(tensors.FileOf(name), $"{name}[{g}, {word}]", $"stored zero points below {(1 << matrix.Bits) - 1} in format gptq", $"0x{words[word]:x8}");
                }
            }
        }
    }
}
