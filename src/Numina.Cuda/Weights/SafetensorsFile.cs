using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Numina.Cuda.Tensors;

namespace Numina.Cuda.Weights;

/// <summary>
/// A memory-mapped safetensors file. The header is checked whole when the file is opened, so every tensor lies inside the mapping. Tensors are views of it and
/// die with it; the file must not be shortened meanwhile. The mapping stays until <see cref="Dispose"/>: a forgotten file leaks, its tensors never dangle.
/// </summary>
public sealed unsafe class SafetensorsFile : IDisposable
{
    private const int LengthBytes = sizeof(ulong);
    private readonly MemoryMappedFile _mapping;
    private readonly MemoryMappedViewAccessor _view;
    private readonly SafetensorsHeader _header;
    private readonly Dictionary<string, HostBuffer> _alignedCopies = new(StringComparer.Ordinal);
    private byte* _data;

    private SafetensorsFile(string path, FileStream stream, long length)
    {
        FilePath = path;
        _mapping = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = _mapping.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        byte* file = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref file);
        try
        {
            file += _view.PointerOffset;
            int headerLength = HeaderLength(path, file, length);
            _data = file + LengthBytes + headerLength;
            _header = SafetensorsHeader.Parse(path, new ReadOnlySpan<byte>(file + LengthBytes, headerLength), length - LengthBytes - headerLength);
        }
        catch
        {
            Unmap();
            throw;
        }
    }

    public string FilePath { get; }

    /// <summary>Names of all tensors.</summary>
    public IEnumerable<string> Names => _header.Tensors.Keys;

    /// <summary>__metadata__: text of the writer.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>Maps the file and checks its header. Throws <see cref="CheckpointException"/> when it cannot be read or is not a valid safetensors file.</summary>
    public static SafetensorsFile Open(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            long length = stream.Length;
            if (length < LengthBytes)
            {
                throw new CheckpointException(path, "file", "a safetensors file: 8 bytes of header length, header, data", $"{length} bytes");
            }

            return new SafetensorsFile(path, stream, length);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new CheckpointException(path, "file", "a readable safetensors file", error is FileNotFoundException or DirectoryNotFoundException ? "no such file" : error.Message);
        }
    }

    public bool Contains(string name) => _header.Tensors.ContainsKey(name);

    /// <summary>Type and extents of a tensor, of whatever rank.</summary>
    public TensorInfo Info(string name) => _header.Tensors.TryGetValue(name, out TensorInfo? info)
        ? info
        : throw new CheckpointException(FilePath, name, "a tensor of this name", $"none among {_header.Tensors.Count}");

    /// <summary>
    /// The tensor in host memory, read only: the mapped file itself, or an aligned copy that this object keeps where the file does not place the elements at
    /// multiples of their size (the format allows that). Refuses ranks above 4 and elements smaller than a byte.
    /// </summary>
    public Tensor Get(string name)
    {
        TensorInfo info = Info(name);
        ObjectDisposedException.ThrowIf(_data == null, this);
        if (info.Extents.Count > 4 || info.Type.BitSize() < 8)
        {
            throw new CheckpointException(FilePath, name, "at most 4 axes and elements of whole bytes", info.ToString());
        }

        var shape = new Shape([.. info.Extents]);
        byte* first = _data + info.Begin;
        return (nuint)first % (nuint)info.Type.ByteSize() == 0
            ? new Tensor((nint)first, shape, info.Type)
            : AlignedCopy(info, first).View(info.Type, shape);
    }

    /// <summary>As <see cref="Get(string)"/>, refusing any other shape and all but the given types.</summary>
    public Tensor Get(string name, Shape shape, params ReadOnlySpan<DType> types)
    {
        TensorInfo info = Info(name);
        bool sameShape = info.Extents.Count == shape.Rank && Enumerable.Range(0, shape.Rank).All(axis => info.Extents[axis] == shape[axis]);
        if (sameShape && types.Contains(info.Type))
        {
            return Get(name);
        }

        string allowed = string.Join(" or ", types.ToArray().Select(type => type.Name()));
        throw new CheckpointException(FilePath, name, $"{allowed} {shape}", info.ToString());
    }

    public void Dispose()
    {
        foreach (HostBuffer copy in _alignedCopies.Values)
        {
            copy.Dispose();
        }

        _alignedCopies.Clear();
        if (_data != null)
        {
            Unmap();
        }
    }

    private static int HeaderLength(string path, byte* file, long length)
    {
        ulong declared = BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(file, LengthBytes));
        if (declared > SafetensorsHeader.MaximumLength)
        {
            bool pointer = new ReadOnlySpan<byte>(file, LengthBytes).SequenceEqual("version "u8);
            string found = pointer ? "text, perhaps a Git LFS pointer: fetch the file itself" : $"{declared}";
            throw new CheckpointException(path, "header length", $"at most {SafetensorsHeader.MaximumLength}", found);
        }

        return (long)declared <= length - LengthBytes
            ? (int)declared
            : throw new CheckpointException(path, "header length", $"at most {length - LengthBytes}, the rest of the file", $"{declared}");
    }

    private HostBuffer AlignedCopy(TensorInfo info, byte* first)
    {
        lock (_alignedCopies)
        {
            if (!_alignedCopies.TryGetValue(info.Name, out HostBuffer? copy))
            {
                copy = new HostBuffer(info.ByteLength);
                NativeMemory.Copy(first, (void*)copy.Pointer, (nuint)info.ByteLength);
                _alignedCopies.Add(info.Name, copy);
            }

            return copy;
        }
    }

    private void Unmap()
    {
        _data = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _mapping.Dispose();
    }
}
