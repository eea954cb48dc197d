using System.CommandLine;
using System.Globalization;
using Numina.Cuda.Backends;
using Numina.Cuda.Cli.Options;
using Numina.Cuda.Evaluation;
using Numina.Cuda.Model;
using Numina.Cuda.Tensors;
using Numina.Cuda.Weights;
using Spectre.Console;

namespace Numina.Cuda.Cli.Commands;

/// <summary>Compares a model's hidden states, logits and greedy tokens with a reference file.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var command = new Command("verify", "Compare hidden states, logits and greedy tokens with a reference file; exit 1 when one is over its tolerance.");
        var model = new ModelArguments(command, required: true);
        var reference = new Option<string>("--reference") { Description = "A safetensors file: input_ids, and any of embed, layer.I, norm, logits, logprobs_last, greedy_ids.", Required = true, HelpName = "FILE" };
        Tolerances single = Tolerances.For(DType.F32), half = Tolerances.For(DType.F16), brain = Tolerances.For(DType.BF16);
        Option<float?> logits = Opt.OptionalFloat("--tolerance", $"Largest absolute difference of a logit. Default: {Text(single.Logits)}; computing in 16 bits, logits are judged by --nmse too.", 0);
        Option<float?> nmse = Opt.OptionalFloat("--nmse", $"Normalised mean squared error of hidden states. Default: {Text(single.Nmse)}; in fp16 {Text(half.Nmse)}, in bf16 {Text(brain.Nmse)}.", 0);
        Option<float?> margin = Opt.OptionalFloat(
            "--margin", $"A greedy token may differ where the reference's two best logits are closer than this. Default: {Text(single.Margin)}; in fp16 {Text(half.Margin)}, in bf16 {Text(brain.Margin)}.", 0);
        Option<bool> json = Opt.Flag("--json", "Print one JSON object a compared item.");
        command.Add(reference);
        command.Add(logits);
        command.Add(nmse);
        command.Add(margin);
        command.Add(json);
        command.SetAction(parsed => Run(
            model.Read(parsed), parsed.GetValue(reference)!, type => With(Tolerances.For(type), parsed.GetValue(logits), parsed.GetValue(nmse), parsed.GetValue(margin)), parsed.GetValue(json)));
        return command;
    }

    private static Tolerances With(Tolerances standard, float? logits, float? nmse, float? margin) =>
        standard with { Logits = logits ?? standard.Logits, Nmse = nmse ?? standard.Nmse, Margin = margin ?? standard.Margin };

    private static int Run(ModelSettings settings, string file, Func<DType, Tolerances> tolerances, bool json)
    {
        using SafetensorsFile reference = SafetensorsFile.Open(file);
        using Checkpoint checkpoint = Checkpoint.Open(LoadedModel.Folder(settings));
        using IBackend backend = Host.OpenDevice(settings, checkpoint.Weights.Embedding.Type, Console.Error.WriteLine).Backend;
        int longest = reference.Names.Where(name => name.EndsWith("input_ids", StringComparison.Ordinal)).Select(name => (int)reference.Info(name).Extents[0]).DefaultIfEmpty(1).Max();
        var limits = new LlamaLimits { TokensPerStep = longest, Sequences = 1, LogitRows = longest, ContextLength = Math.Max(checkpoint.Config.MaxPositions, 2 * longest + 1024) };
        using var llama = new Llama(backend, checkpoint.Config, checkpoint.Weights, limits);

        VerifiedItem[] items = [.. new Verifier(llama, tolerances(backend.ActivationType)).Verify(reference)];
        Action<VerifiedItem[]> print = json ? PrintJson : PrintTable;
        print(items);
        return items.All(item => item.Passed) ? ExitCode.Done : ExitCode.Failed;
    }

    private static void PrintTable(VerifiedItem[] items)
    {
        Table table = new Table().Border(TableBorder.Rounded).AddColumns("item", "max |difference|", "NMSE", "KL (nats)", "greedy", "");
        foreach (VerifiedItem item in items)
        {
            table.AddRow(Markup.Escape(item.Name), Number(item.MaxAbsolute), Number(item.Nmse), Number(item.Kl), Markup.Escape(item.Note), item.Passed ? "ok" : "[red]over[/]");
        }

        AnsiConsole.Write(table);
        AnsiConsole.WriteLine($"{items.Count(item => item.Passed)} of {items.Length} within tolerance");
    }

    private static void PrintJson(VerifiedItem[] items)
    {
        foreach (VerifiedItem item in items)
        {
            JsonLine.Write(json =>
            {
                json.WriteString("name", item.Name);
                WriteNumber("max_absolute", item.MaxAbsolute);
                WriteNumber("nmse", item.Nmse);
                WriteNumber("kl", item.Kl);
                WriteNumber("first_difference", item.FirstDifference);
                json.WriteString("note", item.Note);
                json.WriteBoolean("passed", item.Passed);

                void WriteNumber(string name, double? value)
                {
                    if (value is { } number && double.IsFinite(number))
                    {
                        json.WriteNumber(name, number);
                    }
                    else
                    {
                        json.WriteNull(name);
                    }
                }
            });
        }
    }

    private static string Text(double? value) => value?.ToString("g", CultureInfo.InvariantCulture) ?? "";

    private static string Number(double? value) => value?.ToString("g3", CultureInfo.InvariantCulture) ?? "";
}
