using System.CommandLine;
using Numina.Cuda.Cli.Options;
using Numina.Cuda.Text;

namespace Numina.Cuda.Cli.Commands;

/// <summary>Turns tokens into a text, at once or piece by piece.</summary>
internal static class DetokenizeCommand
{
    public static Command Create()
    {
        Argument<string> model = TokenizeCommand.Folder();
        var ids = new Argument<int[]>("ID") { Description = "Token ids.", Arity = ArgumentArity.ZeroOrMore }.NoOption();
        Option<bool> stream = Opt.Flag("--stream", "Print what each token adds, as a live text would show it.");
        Option<bool> jsonLines = Opt.Flag("--jsonl", "With --stream: read objects of ids and skip_special_tokens from standard input; write the pieces.");
        Option<bool> skip = Opt.Flag("--skip-special-tokens", "Leave special tokens out.");
        var command = new Command("detokenize", "Turn tokens into a text.") { model, ids, stream, jsonLines, skip };
        command.SetAction(parsed => Run(
            Tokenizer.Load(parsed.GetValue(model)!), parsed.GetValue(ids) ?? [], parsed.GetValue(stream), parsed.GetValue(jsonLines), parsed.GetValue(skip)));
        return command;
    }

    private static int Run(Tokenizer tokenizer, int[] ids, bool stream, bool jsonLines, bool skipSpecialTokens)
    {
        if (ids.Where(id => tokenizer.Token(id) is null).Take(1).ToArray() is [var unknown])
        {
            throw new FailureException($"ID: expected ids that the vocabulary holds, found {unknown}");
        }

        if (jsonLines)
        {
            TokenizerJsonLines.Detokenize(tokenizer, Console.In, Console.Out);
        }
        else if (stream)
        {
            TextStream text = tokenizer.CreateStream(skipSpecialTokens);
            foreach (int id in ids)
            {
                Console.WriteLine($"{id}\t{text.Push(id)?.ReplaceLineEndings("\\n")}");
            }
        }
        else
        {
            Console.WriteLine(tokenizer.Decode(ids, skipSpecialTokens));
        }

        return ExitCode.Done;
    }
}
