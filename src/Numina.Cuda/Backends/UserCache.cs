namespace Numina.Cuda.Backends;

/// <summary>Where the user's things are kept that can be made again: compiled kernels, the unpacked demo.</summary>
public static class UserCache
{
    /// <summary><c>numina-cuda</c> in $XDG_CACHE_HOME, or in the platform's cache folder where that is not set. May not exist yet.</summary>
    public static string Folder => Path.Combine(Parent(), "numina-cuda");

    private static string Parent()
    {
        if (Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } folder)
        {
            return folder;
        }

        return OperatingSystem.IsWindows()
            ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".cache");
    }
}
