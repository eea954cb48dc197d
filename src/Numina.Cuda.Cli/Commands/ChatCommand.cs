using System.CommandLine;
using Numina.Cuda.Cli.Options;
using Numina.Cuda.Text.Chat;

namespace Numina.Cuda.Cli.Commands;

/// <summary>Renders messages with a chat template.</summary>
internal static class ChatCommand
{
    public static Command Create()
    {
        var model = new Argument<string?>("MODEL") { Description = "A folder with a chat template; with --jsonl the lines may bring their own.", Arity = ArgumentArity.ZeroOrOne }.NoOption();
        var message = new Option<string?>("--message") { Description = "A user's message to render; none: standard input." };
        Option<bool> jsonLines = Opt.Flag("--jsonl", "Read requests from standard input, one JSON object a line; write name and text, or name and error.");
        var command = new Command("chat", "Render messages with a chat template.") { model, message, jsonLines };
        command.SetAction(parsed => Run(parsed.GetValue(model), parsed.GetValue(message), parsed.GetValue(jsonLines)));
        return command;
    }

    private static int Run(string? model, string? message, bool jsonLines)
    {
        if (jsonLines)
        {
            new ChatJsonLines(model is null ? null : ChatTemplate.Load(model)).Run(Console.In, Console.Out);
            return ExitCode.Done;
        }

        ChatTemplate template = ChatTemplate.Load(model ?? Demo.ModelFolder());
        Console.WriteLine(template.Render(new ChatRequest { Messages = [new ChatMessage("user", message ?? Console.In.ReadToEnd())], AddGenerationPrompt = true }));
        return ExitCode.Done;
    }
}
