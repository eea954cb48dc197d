using System.CommandLine;
using Numina.Cuda.Backends.Cpu;
using Numina.Cuda.Backends.Cuda;
using Numina.Cuda.Backends.Cuda.Native;
using Numina.Cuda.Cli.Options;
using Numina.Cuda.Solving.Python;
using Spectre.Console;

namespace Numina.Cuda.Cli.Commands;

/// <summary>Shows what this machine offers: devices, libraries, Python, layers of isolation.</summary>
internal static class DoctorCommand
{
    private sealed record Finding(string What, bool Good, string Found);

    public static Command Create()
    {
        Option<bool> json = Opt.Flag("--json", "Print one JSON object a finding.");
        var command = new Command("doctor", "Show what was found on this machine, where, and what is missing.") { json };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(json), cancel));
        return command;
    }

    private static async Task<int> RunAsync(bool json, CancellationToken cancel)
    {
        List<Finding> findings = [Cpu(), .. Libraries(), .. Devices(), .. await PythonAsync(cancel)];
        if (json)
        {
            foreach (Finding finding in findings)
            {
                JsonLine.Write(writer =>
                {
                    writer.WriteString("what", finding.What);
                    writer.WriteBoolean("good", finding.Good);
                    writer.WriteString("found", finding.Found);
                });
            }

            return ExitCode.Done;
        }

        Table table = new Table().Border(TableBorder.Rounded).AddColumns("what", "", "found");
        foreach (Finding finding in findings)
        {
            table.AddRow(Markup.Escape(finding.What), finding.Good ? "[green]yes[/]" : "[yellow]no[/]", Markup.Escape(finding.Found));
        }

        AnsiConsole.Write(table);
        return ExitCode.Done;
    }

    private static Finding Cpu()
    {
        using var cpu = new CpuBackend(new CpuOptions());
        return new Finding("CPU backend", true, cpu.Name);
    }

    private static IEnumerable<Finding> Libraries() => NativeLibraries.Locate()
        .Select(library => new Finding($"{library.Name}: {library.Use}", library.Path is not null, library.Path ?? $"tried {string.Join(", ", library.Tried)}"));

    private static IEnumerable<Finding> Devices() => CudaDevice.WhyUnavailable() is { } reason
        ? [new Finding("CUDA device", false, reason)]
        : CudaDevice.List().Select(device => new Finding(
            $"CUDA device {device.Ordinal}", true, $"{device.Name}, {device.Architecture}, {device.Multiprocessors} multiprocessors, {device.TotalBytes >> 20} MiB"));

    private static async Task<IEnumerable<Finding>> PythonAsync(CancellationToken cancel)
    {
        try
        {
            string interpreter = PythonInterpreter.Find();
            await using ISandboxedPython pool = await SandboxedPython.StartAsync(new PythonPoolOptions { Interpreter = interpreter, Workers = 1 }, cancel);
            return
            [
                new Finding("Python", true, interpreter),
                .. pool.Sandbox.Layers.Select(layer => new Finding($"sandbox: {layer.Name}", layer.Active, layer.Reason)),
            ];
        }
        catch (PythonException missing)
        {
            return [new Finding("Python", false, missing.Message)];
        }
    }
}
