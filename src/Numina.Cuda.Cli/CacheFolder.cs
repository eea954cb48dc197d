namespace Numina.Cuda.Cli;

/// <summary>Where what can be made again is kept: $XDG_CACHE_HOME/numina-cuda, or the platform's local application data.</summary>
internal static class CacheFolder
{
    public static string Path
    {
        get
        {
            string? xdg = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            string parent = !string.IsNullOrEmpty(xdg) ? xdg
                : OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
                : System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
            return System.IO.Path.Combine(parent, "numina-cuda");
        }
    }
}
