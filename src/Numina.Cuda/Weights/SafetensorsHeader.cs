using System.Text.Json;
using System.Text.Unicode;
using Numina.Cuda.Tensors;

namespace Numina.Cuda.Weights;

/// <summary>
/// The JSON header of a safetensors file (https://github.com/huggingface/safetensors), checked in full: every byte of the data section belongs to exactly one
/// tensor, so nothing is read twice, left out or outside the file. Stricter than the Rust library in two points: no key may occur twice and no entry may have
/// fields that the format does not name.
/// </summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The Rust library's limit on the JSON, in bytes.</summary>
    public const long MaximumLength = 100_000_000;

    private const string MetadataKey = "__metadata__";
    private readonly string _file;
    private readonly long _dataLength;
    private readonly Dictionary<string, TensorInfo> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);

    private SafetensorsHeader(string file, long dataLength) => (_file, _dataLength) = (file, dataLength);

    public IReadOnlyDictionary<string, TensorInfo> Tensors => _tensors;

    /// <summary>Free text of the writer.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>Parses <paramref name="json"/>, the whole header; <paramref name="dataLength"/> bytes follow it in the file.</summary>
    public static SafetensorsHeader Parse(string file, ReadOnlySpan<byte> json, long dataLength)
    {
        var header = new SafetensorsHeader(file, dataLength);
        if (json.IsEmpty || json[0] != (byte)'{')
        {
            throw header.Refuse("header", "a JSON object", json.IsEmpty ? "nothing" : $"first byte 0x{json[0]:x2}");
        }

        if (!Utf8.IsValid(json))
        {
            throw header.Refuse("header", "UTF-8", "invalid bytes");
        }

        try
        {
            // The format pads the header with spaces only.
            ReadOnlySpan<byte> unpadded = json.TrimEnd((byte)' ');
            var reader = new Utf8JsonReader(unpadded);
            header.ReadEntries(ref reader);
            if (reader.BytesConsumed != unpadded.Length)
            {
                throw header.Refuse("header", "nothing but spaces after the JSON object", "other bytes");
            }
        }
        catch (JsonException error)
        {
            throw header.Refuse("header", "valid JSON", error.Message);
        }

        header.CheckLayout();
        return header;
    }

    private void ReadEntries(ref Utf8JsonReader reader)
    {
        bool metadata = false;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = Text(ref reader, "header");
            reader.Read();
            if (name == MetadataKey && !metadata)
            {
                ReadMetadata(ref reader);
                metadata = true;
            }
            else if (name == MetadataKey || !_tensors.TryAdd(name, ReadTensor(ref reader, name)))
            {
                throw Refuse(name, "one header entry", "the key twice");
            }
        }
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        Require(reader.TokenType == JsonTokenType.StartObject, MetadataKey, "an object of strings", ref reader);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = Text(ref reader, MetadataKey);
            reader.Read();
            Require(reader.TokenType == JsonTokenType.String, $"{MetadataKey}.{key}", "a string", ref reader);
            if (!_metadata.TryAdd(key, Text(ref reader, MetadataKey)))
            {
                throw Refuse($"{MetadataKey}.{key}", "one value", "the key twice");
            }
        }
    }

    private TensorInfo ReadTensor(ref Utf8JsonReader reader, string name)
    {
        Require(reader.TokenType == JsonTokenType.StartObject, name, "an object of dtype, shape and data_offsets", ref reader);
        DType? type = null;
        List<long>? extents = null;
        List<long>? offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string field = Text(ref reader, name);
            reader.Read();
            switch (field)
            {
                case "dtype" when type is null:
                    type = ReadType(ref reader, name);
                    break;
                case "shape" when extents is null:
                    extents = ReadIntegers(ref reader, name, field);
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ReadIntegers(ref reader, name, field);
                    break;
                default:
                    throw Refuse(name, "dtype, shape and data_offsets, each once", $"another {field}");
            }
        }

        if (type is null || extents is null || offsets is not [long begin, long end])
        {
            throw Refuse(name, "dtype, shape and data_offsets [begin, end]", type is null ? "no dtype" : extents is null ? "no shape" : "no pair of data_offsets");
        }

        var info = new TensorInfo(name, type.Value, extents, begin, end);
        CheckSize(info);
        return info;
    }

    private DType ReadType(ref Utf8JsonReader reader, string name)
    {
        Require(reader.TokenType == JsonTokenType.String, $"{name}.dtype", "a type name", ref reader);
        string text = Text(ref reader, name);
        return DTypes.TryParse(text, out DType type)
            ? type
            : throw Refuse($"{name}.dtype", $"one of {string.Join(' ', Enum.GetValues<DType>().Select(known => known.Name()))}", text);
    }

    private List<long> ReadIntegers(ref Utf8JsonReader reader, string name, string field)
    {
        string subject = $"{name}.{field}";
        Require(reader.TokenType == JsonTokenType.StartArray, subject, "an array of integers", ref reader);
        var values = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            long value = 0;
            bool whole = reader.TokenType == JsonTokenType.Number && reader.ValueSpan[0] != (byte)'-' && reader.TryGetInt64(out value);
            Require(whole, subject, "integers from 0 to 2^63 - 1", ref reader);
            values.Add(value);
        }

        return values;
    }

    private void CheckSize(TensorInfo info)
    {
        if (info.Begin > info.End || info.End > _dataLength)
        {
            throw Refuse($"{info.Name}.data_offsets", $"begin <= end <= {_dataLength}, the bytes after the header", $"[{info.Begin}, {info.End}]");
        }

        UInt128 bits = (UInt128)info.Type.BitSize();
        foreach (long extent in info.Extents)
        {
            // Refused at the first product past 64 bits, so the next one cannot leave 128.
            bits *= (UInt128)extent;
            if (bits > ulong.MaxValue)
            {
                throw Refuse(info.Name, "a size below 2^64 bits", info.ToString());
            }
        }

        if (bits % 8 != 0 || bits / 8 != (UInt128)info.ByteLength)
        {
            throw Refuse(info.Name, $"{bits} bits for {info}", $"{info.ByteLength} bytes between its data_offsets");
        }
    }

    /// <summary>In order of their offsets the tensors must follow each other without holes or overlaps, from 0 to the end of the file.</summary>
    private void CheckLayout()
    {
        long expected = 0;
        string before = "the header";
        foreach (TensorInfo info in _tensors.Values.OrderBy(tensor => tensor.Begin).ThenBy(tensor => tensor.End))
        {
            if (info.Begin != expected)
            {
                throw Refuse($"{info.Name}.data_offsets", $"begin {expected}, where {before} ends", $"{info.Begin} ({(info.Begin < expected ? "an overlap" : "a hole")})");
            }

            (expected, before) = (info.End, info.Name);
        }

        if (expected != _dataLength)
        {
            throw Refuse("data", $"{expected} bytes after the header", $"{_dataLength}");
        }
    }

    private string Text(ref Utf8JsonReader reader, string subject)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Refuse(subject, "valid text", "a lone surrogate escape");
        }
    }

    private void Require(bool holds, string subject, string expected, ref Utf8JsonReader reader)
    {
        if (!holds)
        {
            throw Refuse(subject, expected, reader.TokenType.ToString());
        }
    }

    private CheckpointException Refuse(string subject, string expected, string found) => new(_file, subject, expected, found);
}
