using Numina.Cuda.Text.Chat.Python;

namespace Numina.Cuda.Text.Chat.Jinja;

/// <summary>The variable <c>self</c>: the template's blocks as functions that render them.</summary>
internal sealed class BlockReferences(IReadOnlyDictionary<string, Block> blocks) : IAttributes
{
    public bool TryGetAttribute(string name, out object? value)
    {
        value = blocks.TryGetValue(name, out Block? block) ? new Function(name, "", (interpreter, _) => Render(block, interpreter)) : null;
        return value != null;
    }

    private static string Render(Block block, Interpreter interpreter)
    {
        OutputText output = interpreter.Capture();
        interpreter.Statements.RunBlock(block, interpreter.Root, output);
        return output.ToString();
    }
}
