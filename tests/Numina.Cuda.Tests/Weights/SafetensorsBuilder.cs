using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Numina.Cuda.Tests.Weights;

/// <summary>Writes safetensors files, well-formed from tensors or anything at all from header text.</summary>
internal sealed class SafetensorsBuilder
{
    private readonly List<(string Name, string Type, long[] Shape, byte[] Data)> _tensors = [];

    public SafetensorsBuilder Add(string name, string type, long[] shape, byte[] data)
    {
        _tensors.Add((name, type, shape, data));
        return this;
    }

    /// <summary>The file with its header padded by spaces to a multiple of eight bytes, and <paramref name="extraSpaces"/> more.</summary>
    public byte[] Build(int extraSpaces = 0, string? metadata = null)
    {
        var entries = new List<string>();
        if (metadata is not null)
        {
            entries.Add($"\"__metadata__\":{metadata}");
        }

        int offset = 0;
        foreach ((string name, string type, long[] shape, byte[] data) in _tensors)
        {
            entries.Add($$"""{{JsonSerializer.Serialize(name)}}:{"dtype":"{{type}}","shape":[{{string.Join(',', shape)}}],"data_offsets":[{{offset}},{{offset + data.Length}}]}""");
            offset += data.Length;
        }

        string header = $"{{{string.Join(',', entries)}}}";
        int padded = (Encoding.UTF8.GetByteCount(header) + 7) / 8 * 8 + extraSpaces;
        return Raw(header + new string(' ', padded - Encoding.UTF8.GetByteCount(header)), [.. _tensors.SelectMany(tensor => tensor.Data)]);
    }

    public static byte[] Raw(string header, byte[] data)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        return [.. length, .. text, .. data];
    }
}
