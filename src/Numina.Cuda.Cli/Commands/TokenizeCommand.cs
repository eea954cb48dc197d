using System.CommandLine;
using Numina.Cuda.Cli.Options;
using Numina.Cuda.Text;
using Spectre.Console;

namespace Numina.Cuda.Cli.Commands;

/// <summary>Shows how a text becomes tokens, and tokens a text.</summary>
internal static class TokenizeCommand
{
    public static Command Create()
    {
        var model = Folder();
        var text = new Argument<string?>("TEXT") { Description = "The text; none: standard input.", Arity = ArgumentArity.ZeroOrOne }.NoOption();
        Option<bool> jsonLines = Opt.Flag("--jsonl", "Read objects of text, text_pair and add_special_tokens from standard input; write ids, tokens, offsets, type_ids and decoded texts.");
        var count = new Option<string?>("--count") { Description = "Print the number of tokens of a file.", HelpName = "FILE" };
        Option<bool> plain = Opt.Flag("--no-special-tokens", "Add no special tokens.");
        Option<bool> json = Opt.Flag("--json", "Print one JSON object.");
        var command = new Command("tokenize", "Show the tokens of a text.") { model, text, jsonLines, count, plain, json };
        command.SetAction(parsed => Run(
            Tokenizer.Load(parsed.GetValue(model)!), parsed.GetValue(text), parsed.GetValue(jsonLines), parsed.GetValue(count), !parsed.GetValue(plain), parsed.GetValue(json)));
        return command;
    }

    /// <summary>The folder of a tokenizer.</summary>
    public static Argument<string> Folder() => new Argument<string>("MODEL") { Description = "A folder with tokenizer.json." }.NoOption();

    private static int Run(Tokenizer tokenizer, string? text, bool jsonLines, string? count, bool addSpecialTokens, bool json)
    {
        if (jsonLines)
        {
            TokenizerJsonLines.Tokenize(tokenizer, Console.In, Console.Out);
        }
        else if (count is not null)
        {
            Console.WriteLine(tokenizer.Encode(File.ReadAllText(count), addSpecialTokens).Length);
        }
        else if (json)
        {
            TokenizerJsonLines.Tokenize(tokenizer, new StringReader(Request(text ?? Console.In.ReadToEnd(), addSpecialTokens)), Console.Out);
        }
        else
        {
            Print(tokenizer, text ?? Console.In.ReadToEnd(), addSpecialTokens);
        }

        return ExitCode.Done;
    }

    private static string Request(string text, bool addSpecialTokens)
    {
        using var line = new MemoryStream();
        using (var json = new System.Text.Json.Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            json.WriteString("text", text);
            json.WriteBoolean("add_special_tokens", addSpecialTokens);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(line.ToArray());
    }

    private static void Print(Tokenizer tokenizer, string text, bool addSpecialTokens)
    {
        TokenEncoding encoding = tokenizer.EncodeWithOffsets(text, pair: null, addSpecialTokens);
        Table table = new Table().Border(TableBorder.Rounded).AddColumns("id", "token", "characters");
        for (int i = 0; i < encoding.Ids.Count; i++)
        {
            table.AddRow($"{encoding.Ids[i]}", Markup.Escape(encoding.Tokens[i]), $"{encoding.Offsets[i].Start}-{encoding.Offsets[i].End}");
        }

        AnsiConsole.Write(table);
        AnsiConsole.WriteLine($"{encoding.Ids.Count} tokens");
    }
}
