namespace Numina.Cuda.Text.Chat.Jinja;

/// <summary>Variables of a template, macro call, loop pass or block; a name not found here is looked up in the scope around it.</summary>
internal sealed class Scope
{
    private readonly Scope? _parent;
    private readonly IReadOnlyDictionary<string, object?>? _given;
    private Dictionary<string, object?>? _variables;

    public Scope(Scope? parent) => _parent = parent;

    /// <summary>A scope of variables that templates can't write to.</summary>
    public Scope(Scope? parent, IReadOnlyDictionary<string, object?> given)
        : this(parent) => _given = given;

    public void Set(string name, object? value) => (_variables ??= [])[name] = value;

    public bool TryGet(string name, out object? value)
    {
        for (Scope? scope = this; scope != null; scope = scope._parent)
        {
            if ((scope._variables?.TryGetValue(name, out value) ?? false) || (scope._given?.TryGetValue(name, out value) ?? false))
            {
                return true;
            }
        }

        value = null;
        return false;
    }
}
