from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_listing")]

    operations = [
        migrations.AddField(
            model_name="listing",
            name="answer_minutes",
            field=models.PositiveIntegerField(null=True),
        ),
    ]
