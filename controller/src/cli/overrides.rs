//! The options that change a profile for one run. Their order counts, which derived arguments
//! do not keep.

use clap::{
    Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches,
    builder::UnknownArgumentValueParser,
};

use crate::config::Overrides;

/// Name, value and help of each option.
const OPTIONS: [(&str, &str, &str); 13] = [
    ("clients", "N", "Users at the height of the test"),
    ("hatch-rate", "RATE", "Users started per second, such as 5 or 0.5"),
    ("duration", "TIME", "How long the test runs, such as 90s, 10m or 1h20m"),
    ("interval", "TIME", "The longest stretch of load of one generator"),
    ("host", "URL", "The system under test, instead of the environment's host"),
    ("env", "NAME", "The environment: config/NAME.yml"),
    ("seed", "N", "What users' random choices follow from"),
    ("backend", "NAME", "Where the load comes from: `local` or `lambda`"),
    ("max-cost", "DOLLARS", "What a run on Lambda may cost, such as 5 or 0.50"),
    ("user-classes", "NAMES", "Only these user classes, such as Visitor,Customer"),
    ("tags", "TAGS", "Only tasks with any of these tags, such as read,search"),
    ("exclude-tags", "TAGS", "No tasks with any of these tags"),
    ("set", "KEY=VALUE", "Any other key of the profile, such as profile.logging.loglevel=DEBUG"),
];

/// Options of Locust's command line: name, letter, value, and what to say instead.
const LOCUST: [(&str, Option<char>, &str, &str); 5] = [
    ("users", Some('u'), "N", "here it is `--clients`"),
    ("spawn-rate", Some('r'), "RATE", "here it is `--hatch-rate`"),
    ("run-time", Some('t'), "TIME", "here it is `--duration`"),
    ("locustfile", Some('f'), "FILE", "a registered test is named, `--profile FILE` takes another"),
    ("headless", None, "", "leave it out: no run opens a browser"),
];

impl Args for Overrides {
    fn augment_args(command: Command) -> Command {
        let arguments = OPTIONS.map(|(name, value, help)| {
            let argument = Arg::new(name)
                .long(name)
                .value_name(value)
                .help(help)
                .help_heading("Changes for this run (the last one wins)")
                .action(ArgAction::Append)
                .allow_hyphen_values(true);
            // The demo brings its own environment.
            if name == "env" { argument.conflicts_with("demo") } else { argument }
        });
        command.args(arguments).args(LOCUST.map(of_locust))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// An option that is not there, but says what is.
fn of_locust(
    (name, letter, value, hint): (&'static str, Option<char>, &'static str, &'static str),
) -> Arg {
    let argument = Arg::new(name).long(name).hide(true);
    let argument = letter.into_iter().fold(argument, Arg::short);
    let argument = argument.value_parser(UnknownArgumentValueParser::suggest(hint));
    if value.is_empty() { argument.action(ArgAction::SetTrue) } else { argument.value_name(value) }
}

impl FromArgMatches for Overrides {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let mut given: Vec<(usize, &str, &String)> = Vec::new();
        for (name, ..) in OPTIONS {
            let values = matches.get_many::<String>(name).into_iter().flatten();
            let places = matches.indices_of(name).into_iter().flatten();
            given.extend(places.zip(values).map(|(place, value)| (place, name, value)));
        }
        given.sort_unstable();
        let mut overrides = Self::default();
        for (_, name, value) in given {
            overrides.push(name, value);
        }
        Ok(overrides)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
