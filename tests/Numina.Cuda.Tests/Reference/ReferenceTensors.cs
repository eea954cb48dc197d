using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Numina.Cuda.Tests.References;

/// <summary>A reference file (expected.safetensors) read whole, trusting it. It shares no code with the reader under test.</summary>
internal sealed class ReferenceTensors
{
    private readonly byte[] _bytes;
    private readonly JsonElement _header;
    private readonly int _data;

    public ReferenceTensors(string path)
    {
        _bytes = File.ReadAllBytes(path);
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(_bytes);
        _header = JsonDocument.Parse(_bytes.AsMemory(8, length)).RootElement;
        _data = 8 + length;
    }

    public IEnumerable<string> Names => _header.EnumerateObject().Select(entry => entry.Name).Where(name => name != "__metadata__");

    /// <summary>The prompts' prefixes: "p0.", "p1." …, or the empty one.</summary>
    public IEnumerable<string> Prompts => Names.Where(name => name.EndsWith("input_ids")).Select(name => name[..^"input_ids".Length]).Order();

    public bool Has(string name) => _header.TryGetProperty(name, out _);

    public int[] Shape(string name) => [.. _header.GetProperty(name).GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt32())];

    public string Type(string name) => _header.GetProperty(name).GetProperty("dtype").GetString()!;

    /// <summary>The elements of an F32 or F64 tensor.</summary>
    public double[] Numbers(string name) => Type(name) switch
    {
        "F32" => [.. MemoryMarshal.Cast<byte, float>(Bytes(name)).ToArray().Select(x => (double)x)],
        "F64" => MemoryMarshal.Cast<byte, double>(Bytes(name)).ToArray(),
        string other => throw new InvalidOperationException($"{name} is {other}"),
    };

    /// <summary>The elements of an I32 or I64 tensor.</summary>
    public int[] Integers(string name) => Type(name) switch
    {
        "I32" => MemoryMarshal.Cast<byte, int>(Bytes(name)).ToArray(),
        "I64" => [.. MemoryMarshal.Cast<byte, long>(Bytes(name)).ToArray().Select(x => (int)x)],
        string other => throw new InvalidOperationException($"{name} is {other}"),
    };

    public ReadOnlySpan<byte> Bytes(string name)
    {
        int[] offsets = [.. _header.GetProperty(name).GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt32())];
        return _bytes.AsSpan(_data + offsets[0], offsets[1] - offsets[0]);
    }
}
