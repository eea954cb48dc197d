using System.Numerics;
using Numina.Cuda.Text.Chat.Jinja;

namespace Numina.Cuda.Text.Chat.Python;

/// <summary>Python's arithmetic operators, with those that join and repeat texts and lists.</summary>
internal static class Arithmetic
{
    public static object? Apply(string symbol, object? left, object? right, Interpreter interpreter)
    {
        if (left is Undefined || right is Undefined)
        {
            // Text formatting is the one operator that takes an undefined operand: it prints as nothing.
            bool formats = symbol == "%" && Equality.TextOf(left) != null;
            return formats ? PercentFormat.Format(Equality.TextOf(left)!, right, interpreter) : throw Fault.Undefined((left as Undefined ?? right as Undefined)!);
        }

        if (Equality.IsNumber(left) && Equality.IsNumber(right))
        {
            return left is double || right is double
                ? OnFloats(symbol, Float(left!), Float(right!))
                : OnIntegers(symbol, Integer(left!), Integer(right!), interpreter);
        }

        return symbol switch
        {
            "+" => Join(left, right, interpreter),
            "*" => Repeat(left, right, interpreter),
            "%" when left is string text => PercentFormat.Format(text, right, interpreter),
            "%" when left is Markup markup => new Markup(PercentFormat.Format(markup.Text, EscapeTexts(right, interpreter), interpreter)),
            "**" => throw Fault.Operands("** or pow()", left, right),
            _ => throw Fault.Operands(symbol, left, right),
        };
    }

    public static object Sign(char symbol, object? operand)
    {
        if (operand is Undefined undefined)
        {
            throw Fault.Undefined(undefined);
        }

        return operand switch
        {
            double number => symbol == '-' ? -number : number,
            bool or BigInteger => symbol == '-' ? -Integer(operand) : Integer(operand),
            _ => throw Fault.Type($"bad operand type for unary {symbol}: '{TypeNames.Of(operand)}'"),
        };
    }

    /// <summary>The value of an int or bool.</summary>
    public static BigInteger Integer(object value) => value is bool flag ? (flag ? 1 : 0) : (BigInteger)value;

    /// <summary>The value of a number as a double; an integer too large fails.</summary>
    public static double Float(object value)
    {
        double number = value is double already ? already : (double)Integer(value);
        return double.IsInfinity(number) && value is not double ? throw Fault.Overflow("int too large to convert to float") : number;
    }

    public static int ToInt32(object? value, string what)
    {
        if (value is Undefined undefined)
        {
            throw Fault.Undefined(undefined);
        }

        BigInteger integer = value is bool or BigInteger ? Integer(value) : throw Fault.Type($"{what} must be an integer, not '{TypeNames.Of(value)}'");
        return integer > int.MaxValue ? int.MaxValue : integer < int.MinValue + 1 ? int.MinValue + 1 : (int)integer;
    }

    private static object OnIntegers(string symbol, BigInteger left, BigInteger right, Interpreter interpreter)
    {
        interpreter.Scan(left.GetBitLength() + right.GetBitLength());
        switch (symbol)
        {
            case "+":
                return Bounded(left + right, interpreter);
            case "-":
                return Bounded(left - right, interpreter);
            case "*":
                return Bounded(left * right, interpreter);
            case "/":
                return right.IsZero ? throw Fault.ZeroDivision("division by zero") : FloatText.Divide(left, right);
            case "//":
                return right.IsZero ? throw Fault.ZeroDivision("integer division or modulo by zero") : FloorDivide(left, right);
            case "%":
                return right.IsZero ? throw Fault.ZeroDivision("integer modulo by zero") : left - (FloorDivide(left, right) * right);
            default:
                return Power(left, right, interpreter);
        }
    }

    private static BigInteger Bounded(BigInteger value, Interpreter interpreter) =>
        value.GetBitLength() <= interpreter.IntegerBits ? value : throw Fault.Limit($"an integer of more than {interpreter.IntegerBits} bits");

    private static object Power(BigInteger value, BigInteger exponent, Interpreter interpreter)
    {
        if (exponent.Sign < 0)
        {
            return value.IsZero ? throw Fault.ZeroDivision("0.0 cannot be raised to a negative power") : Math.Pow(Float(value), Float(exponent));
        }

        if (BigInteger.Abs(value) <= 1)
        {
            return exponent.IsZero || (exponent.IsEven && !value.IsZero) ? BigInteger.One : value;
        }

        // A lower bound of the result's size, before anything is computed.
        if (exponent * (BigInteger.Abs(value).GetBitLength() - 1) > interpreter.IntegerBits)
        {
            throw Fault.Limit($"an integer of more than {interpreter.IntegerBits} bits");
        }

        return Bounded(BigInteger.Pow(value, (int)exponent), interpreter);
    }

    private static BigInteger FloorDivide(BigInteger left, BigInteger right)
    {
        BigInteger quotient = BigInteger.DivRem(left, right, out BigInteger remainder);
        return !remainder.IsZero && (remainder.Sign < 0) != (right.Sign < 0) ? quotient - 1 : quotient;
    }

    private static double OnFloats(string symbol, double left, double right)
    {
        if (right == 0 && symbol is "/" or "//" or "%")
        {
            throw Fault.ZeroDivision(symbol switch { "/" => "float division by zero", "//" => "float floor division by zero", _ => "float modulo" });
        }

        return symbol switch
        {
            "+" => left + right,
            "-" => left - right,
            "*" => left * right,
            "/" => left / right,
            "//" => FloorDivide(left, right),
            "%" => Modulo(left, right),
            _ => Power(left, right),
        };
    }

    private static double Modulo(double left, double right)
    {
        double remainder = left % right;
        return remainder != 0 ? (remainder < 0) != (right < 0) ? remainder + right : remainder : Math.CopySign(0, right);
    }

    private static double FloorDivide(double left, double right)
    {
        double remainder = left % right;
        double quotient = (left - remainder) / right;
        quotient -= remainder != 0 && (remainder < 0) != (right < 0) ? 1 : 0;
        if (quotient == 0)
        {
            return Math.CopySign(0, left / right);
        }

        double floor = Math.Floor(quotient);
        return quotient - floor > 0.5 ? floor + 1 : floor;
    }

    private static double Power(double left, double right)
    {
        if (left == 0 && right < 0)
        {
            throw Fault.ZeroDivision("0.0 cannot be raised to a negative power");
        }

        double power = Math.Pow(left, right);
        if (double.IsNaN(power) && !double.IsNaN(left) && !double.IsNaN(right))
        {
            throw Fault.Value("a negative number to a fractional power is complex, which is not supported");
        }

        return double.IsInfinity(power) && double.IsFinite(left) && double.IsFinite(right) ? throw Fault.Overflow("Numerical result out of range") : power;
    }

    private static object Join(object? left, object? right, Interpreter interpreter)
    {
        switch (left, right)
        {
            case (string a, string b):
                interpreter.Allocate((long)a.Length + b.Length);
                return a + b;
            case (Markup or string, Markup or string):
                return new Markup(interpreter.Made(Markup.Escape(left, interpreter).Text + Markup.Escape(right, interpreter).Text));
            case (string or Markup, _):
                throw Fault.Type($"can only concatenate str (not \"{TypeNames.Of(right)}\") to str");
            case (PyList, PyList) or (PyTuple, PyTuple):
                PySequence first = (PySequence)left;
                PySequence second = (PySequence)right;
                interpreter.Allocate((long)first.Items.Count + second.Items.Count);
                return first.With([.. first.Items, .. second.Items]);
            case (PySequence, _):
                throw Fault.Type($"can only concatenate {TypeNames.Of(left)} (not \"{TypeNames.Of(right)}\") to {TypeNames.Of(left)}");
            default:
                throw Fault.Operands("+", left, right);
        }
    }

    /// <summary>What goes into marked text is escaped first.</summary>
    private static object? EscapeTexts(object? values, Interpreter interpreter) => values switch
    {
        string => Markup.Escape(values, interpreter),
        PyTuple tuple => tuple.With([.. tuple.Items.Select(item => item is string ? Markup.Escape(item, interpreter) : item)]),
        PyDict dict => new PyDict(dict.Items.Select(item => KeyValuePair.Create(item.Key, item.Value is string ? Markup.Escape(item.Value, interpreter) : item.Value))),
        _ => values,
    };

    private static object Repeat(object? left, object? right, Interpreter interpreter)
    {
        (object? value, object? times) = left is bool or BigInteger ? (right, left) : (left, right);
        if (value is not (string or Markup or PySequence))
        {
            throw Fault.Operands("*", left, right);
        }

        int count = times is bool or BigInteger
            ? Math.Max(0, ToInt32(times, "count"))
            : throw Fault.Type($"can't multiply sequence by non-int of type '{TypeNames.Of(times)}'");
        string? text = Equality.TextOf(value);
        interpreter.Allocate((long)count * (text?.Length ?? ((PySequence)value).Items.Count));
        return value switch
        {
            string plain => string.Concat(Enumerable.Repeat(plain, plain.Length == 0 ? 0 : count)),
            Markup markup => new Markup(string.Concat(Enumerable.Repeat(markup.Text, markup.Text.Length == 0 ? 0 : count))),
            PySequence { Items.Count: 0 } sequence => sequence,
            PySequence sequence => sequence.With([.. Enumerable.Repeat(sequence.Items, count).SelectMany(items => items)]),
            _ => throw Fault.Operands("*", left, right),
        };
    }
}
