using System.Reflection;

namespace Numina.Cuda.Solving.Python;

/// <summary>The embedded Python sources, written to a private folder while they are in use.</summary>
internal sealed class WorkerFiles : IDisposable
{
    public WorkerFiles()
    {
        Folder = Directory.CreateTempSubdirectory("numina-python-").FullName;
        Assembly assembly = typeof(WorkerFiles).Assembly;
        foreach (string name in assembly.GetManifestResourceNames().Where(name => name.EndsWith(".py", StringComparison.Ordinal)))
        {
            using Stream source = assembly.GetManifestResourceStream(name)!;
            using FileStream target = File.Create(Path.Combine(Folder, name));
            source.CopyTo(target);
        }
    }

    /// <summary>Absolute path; only this user may enter.</summary>
    public string Folder { get; }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Folder, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // The launcher removes it too, for engines that end without disposing anything.
        }
    }
}
