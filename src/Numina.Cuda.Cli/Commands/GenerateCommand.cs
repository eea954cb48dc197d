using System.CommandLine;
using Numina.Cuda.Backends;
using Numina.Cuda.Cli.Options;
using Numina.Cuda.Engine;
using Numina.Cuda.Text.Chat;

namespace Numina.Cuda.Cli.Commands;

/// <summary>Continues a text.</summary>
internal static class GenerateCommand
{
    public static Command Create()
    {
        var command = new Command("generate", "Continue a text and print it as it is written.");
        var model = new ModelArguments(command, required: true);
        var prompt = new Option<string?>("--prompt") { Description = "The text to continue; none: standard input." };
        Option<bool> chat = Opt.Flag("--chat", "Take the text as a user's message and render it with the model's chat template.");
        var stop = new Option<string[]>("--stop") { Description = "A text that ends the generation; may be given several times." };
        Option<bool> json = Opt.Flag("--json", "Print the result as one JSON object.");
        command.Add(prompt);
        command.Add(chat);
        command.Add(stop);
        var sampling = new SamplingArguments(command, temperature: 0, maxNewTokens: 128);
        command.Add(json);
        command.SetAction((parsed, cancel) => RunAsync(
            model.Read(parsed), sampling.Read(parsed), parsed.GetValue(prompt), parsed.GetValue(chat), parsed.GetValue(stop) ?? [], parsed.GetValue(json), cancel));
        return command;
    }

    private static async Task<int> RunAsync(
        ModelSettings model, SamplingSettings sampling, string? prompt, bool chat, string[] stop, bool json, CancellationToken cancel)
    {
        string text = prompt ?? await Console.In.ReadToEndAsync(cancel);
        await using LoadedModel loaded = LoadedModel.Open(model, sequences: 1, Console.Error.WriteLine);
        text = chat ? loaded.Template().Render(new ChatRequest { Messages = [new ChatMessage("user", text)], AddGenerationPrompt = true }) : text;
        int[] tokens = loaded.Tokenizer.Encode(text);
        if (tokens.Length == 0)
        {
            throw new UsageException("--prompt: expected a text of at least one token, found none");
        }

        using Session session = loaded.Engine.Open(tokens, new NoiseKey(sampling.Seed, 0, 0, 0));
        var options = new GenerationOptions
        {
            Temperature = sampling.Temperature,
            TopK = sampling.TopK,
            TopP = sampling.TopP,
            MinP = sampling.MinP,
            RepetitionPenalty = sampling.RepetitionPenalty,
            MaxNewTokens = sampling.MaxNewTokens,
            Stop = stop,
        };
        Generation generation = await session.GenerateAsync(options, json ? null : Console.Write, cancel);
        cancel.ThrowIfCancellationRequested();
        if (json)
        {
            JsonLine.Write(writer =>
            {
                writer.WriteString("text", generation.Text);
                writer.WriteStartArray("tokens");
                foreach (int token in generation.Tokens)
                {
                    writer.WriteNumberValue(token);
                }

                writer.WriteEndArray();
                writer.WriteString("reason", generation.Reason.ToString());
            });
        }
        else
        {
            Console.WriteLine();
            Console.Error.WriteLine($"{generation.Drawn} tokens, ended by {generation.Reason}");
        }

        return ExitCode.Done;
    }
}
