"""Words in, words out: text, Julia and LaTeX to programs, and programs to text, Unicode and LaTeX."""
