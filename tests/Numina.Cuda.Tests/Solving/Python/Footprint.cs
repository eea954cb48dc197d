namespace Numina.Cuda.Tests.Solving.Python;

/// <summary>What a server and all processes below it hold, read from /proc.</summary>
internal sealed record Footprint(int Processes, int Files, int Descriptors, long MemoryBytes)
{
    public static Footprint Of(int server)
    {
        List<int> tree = [server];
        for (int i = 0; i < tree.Count; i++)
        {
            foreach (string task in Directory.EnumerateDirectories($"/proc/{tree[i]}/task"))
            {
                tree.AddRange(File.ReadAllText(task + "/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse));
            }
        }

        return new Footprint(tree.Count, tree.Sum(Files), tree.Sum(process => Directory.GetFiles($"/proc/{process}/fd").Length), tree.Sum(PrivateBytes));

        // A slot's scratch, seen through its own root folder. Other processes have none.
        static int Files(int process) => Directory.Exists($"/proc/{process}/root/tmp/shm") ? Directory.GetFileSystemEntries($"/proc/{process}/root/tmp").Length : 0;
    }

    private static long PrivateBytes(int process) => 1024 * File.ReadLines($"/proc/{process}/smaps_rollup")
        .Where(line => line.StartsWith("Private_Dirty", StringComparison.Ordinal))
        .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]));
}
