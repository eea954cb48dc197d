using System.Diagnostics;
using System.Text.Json;
using Numina.Cuda.Evaluation;

namespace Numina.Cuda.Tests.Cli;

/// <summary>A run that is killed goes on where it was, and ends as if it had never been killed.</summary>
public sealed class ResumeTests
{
    private static readonly string[] Run = ["run", "--samples", "3", "--problems-at-once", "2", "--json"];

    private string _folder = "";

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("numina-run-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task A_killed_run_ends_as_an_uninterrupted_one()
    {
        string whole = Path.Combine(_folder, "whole"), killed = Path.Combine(_folder, "killed");
        ProgramResult uninterrupted = await Program.RunAsync([.. Run, "--limit", "5", "--out", whole]);
        Assert.That(uninterrupted.ExitCode, Is.Zero, uninterrupted.Error);

        using (Process process = Program.Start(null, [.. Run, "--limit", "5", "--out", killed]))
        {
            await FirstSolvedAsync(process);
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        // What a kill in the middle of a write leaves behind.
        await File.AppendAllTextAsync(Path.Combine(killed, RunLog.FileName), "{\"row\": 4, \"id\"");
        int before = RunLog.Load(Path.Combine(killed, RunLog.FileName)).Solved.Count;
        Assert.That(before, Is.InRange(1, 4));

        ProgramResult resumed = await Program.RunAsync([.. Run, "--limit", "5", "--out", killed]);
        Assert.That(resumed.ExitCode, Is.Zero, resumed.Error);
        Assert.That(resumed.Error, Does.Contain($"resuming: {before} of 5"));
        Assert.That(Texts(killed), Is.EqualTo(Texts(whole)));
        JsonElement first = JsonDocument.Parse(uninterrupted.Output).RootElement, second = JsonDocument.Parse(resumed.Output).RootElement;
        foreach (string figure in new[] { "problems", "majority_correct", "pass_at_1", "tokens", "executions" })
        {
            Assert.That(second.GetProperty(figure).GetDouble(), Is.EqualTo(first.GetProperty(figure).GetDouble()), figure);
        }
    }

    [Test]
    public async Task Other_settings_are_not_mixed_into_a_log()
    {
        Assert.That((await Program.RunAsync([.. Run, "--limit", "1", "--out", _folder])).ExitCode, Is.Zero);
        ProgramResult other = await Program.RunAsync([.. Run, "--limit", "1", "--out", _folder, "--seed", "7"]);
        Assert.That(other.ExitCode, Is.EqualTo(1));
        Assert.That(other.Complaints.Single(), Does.Contain("seed: the run in this folder has 42, this one 7"));
    }

    [Test]
    public async Task Ctrl_C_ends_in_order()
    {
        using Process process = Program.Start(null, [.. Run, "--out", _folder]);
        await FirstSolvedAsync(process);
        using Process interrupt = Process.Start("kill", ["-INT", $"{process.Id}"]);
        string rest = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);
        Assert.That(process.ExitCode, Is.EqualTo(130), rest);
        Assert.That(rest, Does.Contain("numina-cuda: interrupted"));
        Assert.That(RunLog.Load(Path.Combine(_folder, RunLog.FileName)).Solved, Is.Not.Empty);
    }

    private static async Task FirstSolvedAsync(Process process)
    {
        while (await process.StandardError.ReadLineAsync() is { } line)
        {
            if (line.StartsWith('['))
            {
                return;
            }
        }

        Assert.Fail("the run ended before it solved a problem");
    }

    /// <summary>Every trace's text by row and sample.</summary>
    private static string[] Texts(string folder) => [.. RunLog.Load(Path.Combine(folder, RunLog.FileName)).Solved
        .OrderBy(problem => problem.Row)
        .SelectMany(problem => problem.Solved.Traces.Select(trace => $"{problem.Row}/{trace.Sample}: {trace.Text()}"))];
}
