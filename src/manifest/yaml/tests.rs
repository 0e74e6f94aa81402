use super::*;
#[test]
fn explore() {
    for text in [
        "a: { schedule: cron(0 22 * * ? *), b: 1 }\n",
        "a: { schedule: cron(0 22 * * ? *) }\n",
        "a: [cron(0 22 * * ? *)]\n",
        "a: cron(0 22 * * ? *)\n",
        "a:\n\t- b\n",
        "a: 'x\nb: 2\n",
        "a: \"x\nb: 2\n",
        "a: [1, 2\nb: 3\n",
        "a: {x: 1\nb: 3\n",
        "a: { image: ${X}:1 }\n",
        "a: [ ${X} ]",
        "a: b: c\n",
        "a: @x\n",
        "a\nb: 1\n",
        "a: 1\n  b: 2\n",
        "\u{feff}a: é\nb: 2\n",
        "a: {b: 1]}",
        "a: `x`",
        "a: %x",
        "a: *x y",
        "? a",
        ": a",
        "a: !foo b",
        "a: !!int 3",
        "a: !!str 3",
        "- a\nb: 1",
        "a:\n  - b\n c: 1\n",
        "a: |\n  x\n\n\nb: >\n  y\n",
        "{a: 1, a: 2}",
        "a: &x [*x]",
        "a: [b, ${X:-{}}]",
        "a: 1\n\tb: 2\n",
        "a: \"\\q\"",
        "<<: 1\n",
        "a: {\t}\n",
        "a: [\n\t1]\n",
        "a:\tb\n",
        "image: x:${TAG}\nimage:x\nb: 1\n",
        "a: {? b}",
        "a: { rate(5 minutes): x }",
        "a: 'it's'",
    ] {
        println!("== {text:?}");
        match parse(SourceId(0), text) {
            Ok(docs) => {
                for d in docs {
                    println!("   {}", d.to_json());
                    if let Data::Map(m) = &d.data {
                        for (k, v) in m {
                            println!(
                                "     {:?} {:?}",
                                &text[k.span.range.clone()],
                                &text[v.span.range.clone()]
                            );
                        }
                    }
                }
            }
            Err(ps) => {
                for p in ps {
                    println!(
                        "   {} {} {:?} {:?}",
                        p.code,
                        p.message,
                        p.hint,
                        p.labels
                            .iter()
                            .map(|l| (&text[l.span.range.clone()], l.span.range.clone(), &l.text))
                            .collect::<Vec<_>>()
                    );
                }
            }
        }
    }
}
