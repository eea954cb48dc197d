using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Numina.Cuda.Backends.Cuda.Native;

/// <summary>One source file with its headers, compiled by NVRTC.</summary>
internal sealed unsafe class NvrtcProgram : SafeHandle
{
    internal NvrtcProgram(string name, string source, IReadOnlyDictionary<string, string> headers)
        : base(0, true)
    {
        using Utf8Strings texts = new(headers.Values);
        using Utf8Strings names = new(headers.Keys);
        using Utf8Strings own = new([source, name]);
        Check(NvrtcApi.nvrtcCreateProgram(out nint program, own.Pointers[0], own.Pointers[1], headers.Count, texts.Pointers, names.Pointers));
        SetHandle(program);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>The compiler's version, such as 12.6.</summary>
    internal static Version CompilerVersion
    {
        get
        {
            Check(NvrtcApi.nvrtcVersion(out int major, out int minor));
            return new Version(major, minor);
        }
    }

    /// <summary>Compiles; false when the source has errors, which <see cref="Log"/> tells.</summary>
    internal bool Compile(IReadOnlyCollection<string> options)
    {
        using Utf8Strings texts = new(options);
        return NvrtcApi.nvrtcCompileProgram(handle, options.Count, texts.Pointers) == NvrtcApi.Success;
    }

    /// <summary>Errors, warnings and, when asked for, ptxas's report.</summary>
    internal string Log()
    {
        Check(NvrtcApi.nvrtcGetProgramLogSize(handle, out nuint bytes));
        byte[] log = new byte[bytes + 1];
        fixed (byte* start = log)
        {
            Check(NvrtcApi.nvrtcGetProgramLog(handle, start));
        }

        return Encoding.UTF8.GetString(log).TrimEnd('\0', '\n');
    }

    /// <summary>The machine code of a successful compilation for a real architecture (sm_NN).</summary>
    internal byte[] Cubin()
    {
        Check(NvrtcApi.nvrtcGetCUBINSize(handle, out nuint bytes));
        byte[] cubin = new byte[bytes];
        fixed (byte* start = cubin)
        {
            Check(NvrtcApi.nvrtcGetCUBIN(handle, start));
        }

        return cubin;
    }

    protected override bool ReleaseHandle() => NvrtcApi.nvrtcDestroyProgram(ref handle) == NvrtcApi.Success;

    private static void Check(int result, [CallerArgumentExpression(nameof(result))] string call = "")
    {
        if (result != NvrtcApi.Success)
        {
            string text = Marshal.PtrToStringUTF8(NvrtcApi.nvrtcGetErrorString(result)) ?? "unknown error";
            throw new CudaException($"{Driver.FunctionName(call)}: {text} ({result})") { Result = result };
        }
    }

    /// <summary>A C array of zero-terminated strings.</summary>
    private readonly struct Utf8Strings : IDisposable
    {
        private readonly int _count;

        internal Utf8Strings(IEnumerable<string> strings)
        {
            nint[] pointers = [.. strings.Select(Marshal.StringToCoTaskMemUTF8)];
            _count = pointers.Length;
            Pointers = (byte**)NativeMemory.Alloc((nuint)(Math.Max(_count, 1) * sizeof(byte*)));
            pointers.CopyTo(new Span<nint>(Pointers, _count));
        }

        internal byte** Pointers { get; }

        public void Dispose()
        {
            for (int i = 0; i < _count; i++)
            {
                Marshal.FreeCoTaskMem((nint)Pointers[i]);
            }

            NativeMemory.Free(Pointers);
        }
    }
}
