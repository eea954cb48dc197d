using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Numina.Cuda.Solving.Python;

/// <summary>The frames of worker.py: u32 little-endian length, then the payload. Each kind's layout is given where nursery.py and slot.py define it.</summary>
internal static class ServerFrames
{
    private const int LengthBytes = sizeof(uint);
    private const int TokenBytes = 1 + sizeof(ulong);
    private const int JobBytes = 1 + sizeof(double) + sizeof(uint);
    private const int ResultBytes = 1 + sizeof(int) + sizeof(double) + (4 * sizeof(uint));

    /// <summary>The first frame: limits and the folder to work in.</summary>
    public static byte[] Options(PythonPoolOptions options, string folder)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            json.WriteString("folder", folder);
            json.WriteString("sandbox", options.Sandbox.ToString());
            json.WriteNumber("cpu_seconds", options.CpuSeconds);
            json.WriteNumber("memory_bytes", options.MemoryBytes);
            json.WriteNumber("processes", options.Processes);
            json.WriteNumber("file_bytes", options.FileBytes);
            json.WriteEndObject();
        }

        byte[] frame = new byte[LengthBytes + stream.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, (uint)stream.Length);
        stream.ToArray().CopyTo(frame, LengthBytes);
        return frame;
    }

    public static byte[] Job(ulong token, PythonJob job, PythonPoolOptions options)
    {
        bool notebook = job.Profile == PythonProfile.Notebook;
        string source = notebook ? NotebookSource.From(job.Code) : job.Code;
        byte[] frame = WithToken('J', token, JobBytes + Encoding.UTF8.GetByteCount(source));
        Span<byte> body = frame.AsSpan(LengthBytes + TokenBytes);
        body[0] = (byte)(notebook ? 'N' : 'D');
        BinaryPrimitives.WriteDoubleLittleEndian(body[1..], options.WallClock.TotalSeconds);
        BinaryPrimitives.WriteUInt32LittleEndian(body[(1 + sizeof(double))..], (uint)options.OutputBytes);
        Encoding.UTF8.GetBytes(source, body[JobBytes..]);
        return frame;
    }

    public static byte[] Kill(ulong token) => WithToken('K', token, 0);

    /// <summary>One frame's payload; null at the end of the stream.</summary>
    public static byte[]? Read(Stream stream)
    {
        byte[] header = new byte[LengthBytes];
        if (stream.ReadAtLeast(header, LengthBytes, throwOnEndOfStream: false) < LengthBytes)
        {
            return null;
        }

        byte[] payload = new byte[BinaryPrimitives.ReadUInt32LittleEndian(header)];
        return stream.ReadAtLeast(payload, payload.Length, throwOnEndOfStream: false) < payload.Length ? null : payload;
    }

    public static bool IsHello(ReadOnlySpan<byte> frame, out string report)
    {
        bool hello = frame[0] == 'H';
        report = hello ? Encoding.UTF8.GetString(frame[1..]) : "";
        return hello;
    }

    /// <summary>A result's bytes, or why there is none.</summary>
    public static (ulong Token, ReadOnlyMemory<byte> Result, string? Failure) ReadAnswer(ReadOnlyMemory<byte> frame)
    {
        ulong token = BinaryPrimitives.ReadUInt64LittleEndian(frame.Span[1..]);
        ReadOnlyMemory<byte> body = frame[TokenBytes..];
        return frame.Span[0] == 'R' ? (token, body, null) : (token, default, Encoding.UTF8.GetString(body.Span));
    }

    public static Execution ReadResult(ReadOnlyMemory<byte> body)
    {
        ReadOnlySpan<byte> header = body.Span[..ResultBytes];
        Ending ending = (char)header[0] switch
        {
            'E' => Ending.Exited,
            'T' => Ending.TimedOut,
            'O' => Ending.Flooded,
            'M' => Ending.OutOfMemory,
            _ => Ending.Cancelled,
        };
        int exitCode = BinaryPrimitives.ReadInt32LittleEndian(header[1..]);
        double seconds = BinaryPrimitives.ReadDoubleLittleEndian(header[5..]);
        int output = BinaryPrimitives.ReadInt32LittleEndian(header[13..]);
        int errors = BinaryPrimitives.ReadInt32LittleEndian(header[17..]);
        int report = BinaryPrimitives.ReadInt32LittleEndian(header[21..]);
        ReadOnlyMemory<byte> texts = body[ResultBytes..];
        return new Execution(ending, exitCode, TimeSpan.FromSeconds(seconds))
        {
            Output = texts[..output],
            Errors = texts.Slice(output, errors),
            Report = texts.Slice(output + errors, report),
            Folder = Encoding.UTF8.GetString(texts[(output + errors + report)..].Span),
        };
    }

    private static byte[] WithToken(char kind, ulong token, int bodyBytes)
    {
        byte[] frame = new byte[LengthBytes + TokenBytes + bodyBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, (uint)(TokenBytes + bodyBytes));
        frame[LengthBytes] = (byte)kind;
        BinaryPrimitives.WriteUInt64LittleEndian(frame.AsSpan(LengthBytes + 1), token);
        return frame;
    }
}
