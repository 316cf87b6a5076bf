System.Console.WriteLine("aitbc");
