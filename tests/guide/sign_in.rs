//! Ways to sign in.

use engine::{
    capture::{Capture, From, Input},
    scenario::{Scenario, Task, TaskError, TaskResult, TaskSet, UserClass},
    sign_in::{Aws, OAuth2, SignIn, Token},
    user::User,
};
use http::HeaderName;
use serde_json::json;

pub(crate) fn scenario() -> Scenario {
    let partner = OAuth2::client_credentials("/auth/token", "load-test", "${env.password}");
    let key = HeaderName::from_static("ocp-apim-subscription-key");
    let aws = Aws::new("execute-api", "us-west-2").keys("AKIDEXAMPLE", "${env.password}", None);
    let basic = SignIn::basic("intranet", "user-${user.id}", "${env.password}");
    Scenario::new([
        class("Customer", buy).sign_in(SignIn::bearer("shop", fetch_token)),
        class("Partner", look).sign_in(SignIn::oauth2("partner", partner.scope("read")).shared()),
        class("Member", account).sign_in(SignIn::session("site", fill_in_the_form)),
        class("Colleague", intranet).sign_in(basic),
        class("Machine", ask).sign_in(SignIn::api_key("gateway", key, "${env.password}")),
        class("Function", call).sign_in(SignIn::aws("cloud", aws)),
    ])
}

/// A request that fails ends the sign-in: the user waits, and tries again.
async fn fetch_token(user: &mut User) -> Result<Token, TaskError> {
    let login = json!({"user": format!("user-{}", user.id()), "password": password(user)});
    let response = user.post("/login").name("sign in: shop").json(&login).send().await?;
    let answer = response.map(|response| response.json()).transpose();
    let answer = answer.map_err(TaskError::exception)?.unwrap_or_default();
    let token = answer["token"].as_str().ok_or_else(|| TaskError::exception("no token"))?;
    Ok(Token::new(token))
}

async fn fill_in_the_form(user: &mut User) -> TaskResult {
    let csrf = Capture { variable: "csrf_token".into(), from: From::Input(Input::named("csrf")) };
    user.get("/auth/form").name("sign in: site").capture([csrf]).send().await?;
    let csrf = user.variable("csrf_token").and_then(|csrf| csrf.as_str()).unwrap_or_default();
    let (csrf, name, password) = (csrf.to_owned(), format!("user-{}", user.id()), password(user));
    let form = [("csrf", &*csrf), ("user", &*name), ("password", &*password)];
    user.post("/auth/form").name("sign in: site").form(form).send().await?;
    Ok(())
}

fn password(user: &User) -> String {
    let password = user.environment().get("password").and_then(|password| password.as_str());
    password.unwrap_or_default().to_owned()
}

fn class(name: &str, task: impl engine::scenario::Action + 'static) -> UserClass {
    UserClass::new(name, TaskSet::weighted([Task::new("do", task)]))
}

async fn buy(user: &mut User) -> TaskResult {
    let item = json!({"productId": 7, "quantity": 1});
    user.post("/cart").json(&item).send().await.map(drop)
}

async fn look(user: &mut User) -> TaskResult {
    user.get("/auth/me").send().await.map(drop)
}

async fn account(user: &mut User) -> TaskResult {
    user.get("/auth/account").send().await.map(drop)
}

async fn intranet(user: &mut User) -> TaskResult {
    user.get("/auth/basic").send().await.map(drop)
}

async fn ask(user: &mut User) -> TaskResult {
    user.get("/auth/key").send().await.map(drop)
}

async fn call(user: &mut User) -> TaskResult {
    user.put("/auth/aws/a b").query("x", &"1 2").json(&json!({"z": 3})).send().await.map(drop)
}
