namespace Numina.Cuda.Tests.Support;

/// <summary>
/// Finds reference material: first in ../shared beside the checkout, then in tests/fixtures, the part of it that travels with the repository. What is in neither is
/// skipped by name, or fails when NUMINA_REQUIRE_SHARED=1.
/// </summary>
internal static class Reference
{
    /// <summary>The checkout that the running tests were built from.</summary>
    public static string Repository { get; } = FindRepository();

    private static bool Required => Environment.GetEnvironmentVariable("NUMINA_REQUIRE_SHARED") == "1";

    /// <summary>Absolute path of a file or folder named relative to shared/, such as <c>goldens/llama/mha</c>.</summary>
    public static string Path(string relative)
    {
        if (Find(relative) is { } found)
        {
            return found;
        }

        string message = $"../shared/{relative} is absent";
        if (Required)
        {
            Assert.Fail(message);
        }

        Assert.Ignore(message);
        throw new InvalidOperationException(message);
    }

    /// <summary>The path, or null when the material is absent: for test case sources, which must not skip.</summary>
    public static string? Find(string relative)
    {
        string[] roots = [System.IO.Path.Combine(Repository, "..", "shared"), System.IO.Path.Combine(Repository, "tests", "fixtures")];
        return roots.Select(root => System.IO.Path.GetFullPath(System.IO.Path.Combine(root, relative)))
            .FirstOrDefault(path => File.Exists(path) || Directory.Exists(path));
    }

    private static string FindRepository()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder != null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Numina.Cuda.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"no Numina.Cuda.sln above {AppContext.BaseDirectory}");
    }
}
