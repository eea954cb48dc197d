using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Numina.Cuda.Tests.Support;

namespace Numina.Cuda.Tests.Cuda;

/// <summary>What the real compiler makes of a kernel.</summary>
internal sealed record CompilerReport(int Registers, int StackBytes, int SpillBytes, int SharedBytes, string Complaints);

/// <summary>NVIDIA's NVRTC 12.6 out of its Python wheel (../shared/cuda). It needs neither GPU nor driver.</summary>
internal static unsafe partial class RealCompiler
{
    private const string Wheel = "nvidia_cuda_nvrtc_cu12-12.6.85-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl";
    private const string Library = TestLibraries.RealCompiler;

    /// <summary>Unpacks the wheel beside the tests; skips the test when it is absent.</summary>
    public static void Require()
    {
        string wheel = Reference.Path($"cuda/{Wheel}"), folder = Path.Combine(AppContext.BaseDirectory, "nvrtc");
        string library = Path.Combine(folder, "nvidia", "cuda_nvrtc", "lib", "libnvrtc.so.12");
        if (!File.Exists(library))
        {
            ZipFile.ExtractToDirectory(wheel, folder, overwriteFiles: true);
        }

        TestLibraries.Add(Library, library);
    }

    /// <summary>Compiles to a cubin and reads ptxas's report. A compilation that fails has its log as complaints.</summary>
    public static CompilerReport Compile(string name, string source, IReadOnlyDictionary<string, string> headers, IEnumerable<string> options)
    {
        using var strings = new Utf8Strings();
        int result = nvrtcCreateProgram(out nint program, strings.Add(source), strings.Add($"{name}.cu"), headers.Count, strings.AddAll(headers.Values), strings.AddAll(headers.Keys));
        Assert.That(result, Is.Zero, "nvrtcCreateProgram");
        string[] all = [.. options, "--ptxas-options=-v"];
        int compiled = nvrtcCompileProgram(program, all.Length, strings.AddAll(all));
        Assert.That(nvrtcGetProgramLogSize(program, out nuint size), Is.Zero, "nvrtcGetProgramLogSize");
        byte[] bytes = new byte[size + 1];
        fixed (byte* start = bytes)
        {
            Assert.That(nvrtcGetProgramLog(program, start), Is.Zero, "nvrtcGetProgramLog");
        }

        Assert.That(nvrtcDestroyProgram(ref program), Is.Zero, "nvrtcDestroyProgram");
        string log = Encoding.UTF8.GetString(bytes).TrimEnd('\0');
        return Read(compiled, log);
    }

    private static CompilerReport Read(int compiled, string log)
    {
        IEnumerable<string> complaints = log.Split('\n').Where(line => line.Contains("warning", StringComparison.OrdinalIgnoreCase) || line.Contains("error", StringComparison.OrdinalIgnoreCase));
        return new CompilerReport(
            Number(log, @"Used (\d+) registers"),
            Number(log, @"(\d+) bytes stack frame"),
            Number(log, @"(\d+) bytes spill stores") + Number(log, @"(\d+) bytes spill loads"),
            Number(log, @"(\d+) bytes smem"),
            compiled == 0 ? string.Join('\n', complaints) : log);
    }

    private static int Number(string log, string pattern) => Regex.Match(log, pattern) is { Success: true } match ? int.Parse(match.Groups[1].Value) : 0;

    [LibraryImport(Library)]
    private static partial int nvrtcCreateProgram(out nint program, byte* source, byte* name, int count, byte** headers, byte** names);

    [LibraryImport(Library)]
    private static partial int nvrtcCompileProgram(nint program, int count, byte** options);

    [LibraryImport(Library)]
    private static partial int nvrtcGetProgramLogSize(nint program, out nuint bytes);

    [LibraryImport(Library)]
    private static partial int nvrtcGetProgramLog(nint program, byte* log);

    [LibraryImport(Library)]
    private static partial int nvrtcDestroyProgram(ref nint program);

    /// <summary>Zero-terminated strings that live until the end of a compilation.</summary>
    private sealed class Utf8Strings : IDisposable
    {
        private readonly List<nint> _blocks = [];

        public byte* Add(string text)
        {
            _blocks.Add(Marshal.StringToCoTaskMemUTF8(text));
            return (byte*)_blocks[^1];
        }

        public byte** AddAll(IEnumerable<string> texts)
        {
            nint[] pointers = [.. texts.Select(text => (nint)Add(text))];
            nint array = Marshal.AllocCoTaskMem(Math.Max(1, pointers.Length) * sizeof(nint));
            _blocks.Add(array);
            pointers.CopyTo(new Span<nint>((void*)array, pointers.Length));
            return (byte**)array;
        }

        public void Dispose() => _blocks.ForEach(Marshal.FreeCoTaskMem);
    }
}
