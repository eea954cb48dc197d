using System.Diagnostics;

namespace Numina.Cuda.Tests.Cli;

/// <param name="ExitCode">What the process gave.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record ProgramResult(int ExitCode, string Output, string Error)
{
    /// <summary>The lines of standard error that the command line itself wrote about a failure.</summary>
    public string[] Complaints => [.. Error.Split('\n').Where(line => line.StartsWith("numina-cuda: ", StringComparison.Ordinal))];
}

/// <summary>Runs the program as a user does: its own process, with closed standard input.</summary>
internal static class Program
{
    private static string Assembly => typeof(Numina.Cuda.Cli.UsageException).Assembly.Location;

    public static Process Start(IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet", [Assembly, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        Process process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    public static async Task<ProgramResult> RunAsync(params string[] arguments) => await RunAsync(null, arguments);

    public static async Task<ProgramResult> RunAsync(IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        using Process process = Start(environment, arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromMinutes(5)).Token);
        return new ProgramResult(process.ExitCode, await output, await error);
    }
}
